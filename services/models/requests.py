"""服务申请: what a unit asked for, its answers and files, and the trail of what was done."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from benefits.basis import Basis
from cases.questions import shown
from cases.steps import Step
from files.models import StoredFile
from members.models import MemberUnit, Tier
from news.models import NewsSubmission
from services.models.offerings import OfferingQuestion, ServiceOffering, Stage


class ServiceRequestQuerySet(models.QuerySet):
    def waiting_for_staff(self):
        """Requests of which the next step is the association's."""
        return self.filter(state__in=ServiceRequest.STAFF_TURN)

    def overdue(self, on: dt.date):
        """Those whose target day has passed while the association has the turn."""
        return self.waiting_for_staff().filter(due_on__lt=on)

    def counted(self):
        """Those that use the unit's right: all but declined and withdrawn ones."""
        return self.exclude(state__in=ServiceRequest.UNUSED)


class ServiceRequest(models.Model):
    """A unit's request. The right was judged on ``filed_on``; what it rested on is kept here."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        ACCEPTED = "accepted", _("being handled")
        WAITING_FOR_UNIT = "waiting_for_unit", _("waiting for the unit")
        CLOSED = "closed", _("delivered")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    STAFF_TURN = (State.SUBMITTED, State.ACCEPTED)
    OPEN = (State.SUBMITTED, State.ACCEPTED, State.WAITING_FOR_UNIT)
    UNUSED = (State.DECLINED, State.WITHDRAWN)

    number = models.CharField(_("number"), max_length=20, unique=True)
    offering = models.ForeignKey(
        ServiceOffering,
        models.PROTECT,
        related_name="requests",
        verbose_name=_("service offered"),
    )
    unit = models.ForeignKey(
        MemberUnit,
        models.PROTECT,
        related_name="service_requests",
        verbose_name=_("member unit"),
    )
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.SUBMITTED, editable=False
    )
    stage = models.ForeignKey(
        Stage, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stage")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person in charge"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    filed_on = models.DateField(_("filed on"))
    due_on = models.DateField(_("to be answered by"))
    # What decided, on ``filed_on``, that the unit may ask.
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    basis = models.CharField(_("basis"), max_length=30, choices=Basis)
    # Copied from the charter's item: the database then lets it be used once per unit.
    is_once = models.BooleanField(_("once per unit"), default=False)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    delivered = models.TextField(_("what was delivered"), blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    rating_words = models.TextField(_("words to the rating"), blank=True)
    rated_at = models.DateTimeField(_("rated at"), null=True, blank=True)
    news = models.OneToOneField(
        NewsSubmission,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="request",
        verbose_name=_("member news"),
    )

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        ordering = ["-filed_on", "-pk"]
        permissions = [("handle_request", _("Can handle a service request"))]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "offering"],
                condition=Q(is_once=True) & ~Q(state__in=["declined", "withdrawn"]),
                name="request_once_per_unit",
                violation_error_message=_("The unit has asked for this already; it exists once."),
            ),
            models.CheckConstraint(
                name="request_due_after_filing",
                condition=Q(due_on__gt=F("filed_on")),
                violation_error_message=_("The target day lies after the day of filing."),
            ),
            models.CheckConstraint(
                name="request_accepted_has_owner",
                condition=~Q(state="accepted") | Q(accepted_at__isnull=False, owner__isnull=False),
                violation_error_message=_("A request being handled has a person in charge."),
            ),
            models.CheckConstraint(
                name="request_ended_has_time",
                condition=(
                    Q(state__in=["closed", "declined", "withdrawn"]) & Q(closed_at__isnull=False)
                )
                | (
                    Q(state__in=["submitted", "accepted", "waiting_for_unit"])
                    & Q(closed_at__isnull=True)
                ),
                violation_error_message=_("A request that has ended has the time of its end."),
            ),
            models.CheckConstraint(
                name="request_delivered_exactly_when_closed",
                condition=(Q(state="closed") & ~Q(delivered="") & Q(delivered_on__isnull=False))
                | (~Q(state="closed") & Q(delivered="") & Q(delivered_on__isnull=True)),
                violation_error_message=_("Say what was delivered, exactly when it was."),
            ),
            models.CheckConstraint(
                name="request_rated_when_closed",
                condition=Q(rating__isnull=True, rated_at__isnull=True, rating_words="")
                | Q(state="closed", rating__range=(1, 5), rated_at__isnull=False),
                violation_error_message=_("A rating goes from 1 to 5, after the delivery."),
            ),
            models.CheckConstraint(
                name="request_news_when_closed",
                condition=Q(news__isnull=True) | Q(state="closed"),
                violation_error_message=_("A text is accepted when its request is closed."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="request_open_due",
                condition=Q(state__in=["submitted", "accepted"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_waiting_for_unit(self) -> bool:
        return self.state == self.State.WAITING_FOR_UNIT

    @property
    def may_be_rated(self) -> bool:
        return self.state == self.State.CLOSED and self.rating is None

    @property
    def turn(self) -> str:
        """Whose step is next, in words; empty when the request has ended."""
        if self.is_waiting_for_unit:
            return str(_("your unit's turn"))
        return str(_("the association's turn")) if self.is_open else ""

    def is_overdue(self, on: dt.date) -> bool:
        return self.state in self.STAFF_TURN and self.due_on < on


class RequestAnswer(models.Model):
    """The answer to one question of the form, as stored text."""

    request = models.ForeignKey(
        ServiceRequest, models.CASCADE, related_name="answers", verbose_name=_("service request")
    )
    question = models.ForeignKey(
        OfferingQuestion, models.PROTECT, related_name="+", verbose_name=_("question of the form")
    )
    text = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["question__position", "question__pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "question"], name="request_answer_once")
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """The answer as a person reads it."""
        return shown(self.question, self.text)


class RequestFile(StoredFile):
    """A file of the unit, or one that staff delivered."""

    request = models.ForeignKey(
        ServiceRequest, models.CASCADE, related_name="files", verbose_name=_("service request")
    )
    is_delivered = models.BooleanField(_("delivered by the association"), default=False)

    class Meta:
        verbose_name = _("file of a request")
        verbose_name_plural = _("files of requests")
        ordering = ["uploaded_at", "pk"]


class RequestStepQuerySet(models.QuerySet):
    def told(self):
        """What the unit may see."""
        return self.filter(is_internal=False)


class RequestStep(Step):
    """One entry of a request's trail: a message, a note, or a change."""

    class Kind(models.TextChoices):
        FILED = "filed", _("filed")
        ACCEPTED = "accepted", _("taken in hand")
        ASSIGNED = "assigned", _("given to a person")
        MOVED = "moved", _("next stage")
        ASKED = "asked", _("question to the unit")
        TOLD = "told", _("message to the unit")
        NOTED = "noted", _("internal note")
        WROTE = "wrote", _("message from the unit")
        AMENDED = "amended", _("form corrected")
        ATTACHED = "attached", _("file added")
        CLOSED = "closed", _("delivered")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RATED = "rated", _("rated")

    INTERNAL = (Kind.NOTED, Kind.ASSIGNED)
    BY_UNIT = (
        Kind.FILED,
        Kind.WROTE,
        Kind.AMENDED,
        Kind.ATTACHED,
        Kind.WITHDRAWN,
        Kind.RATED,
    )

    request = models.ForeignKey(
        ServiceRequest, models.CASCADE, related_name="steps", verbose_name=_("service request")
    )
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind)
    stage = models.ForeignKey(
        Stage, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stage")
    )

    objects = RequestStepQuerySet.as_manager()

    class Meta(Step.Meta):
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
        constraints = [
            models.CheckConstraint(
                name="request_step_internal_by_kind",
                condition=Q(kind__in=["noted", "assigned"], is_internal=True)
                | (~Q(kind__in=["noted", "assigned"]) & Q(is_internal=False)),
                violation_error_message=_("Notes and assignments are for staff only."),
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_by_unit(self) -> bool:
        return self.kind in self.BY_UNIT
