"""Applications for awards: what a unit wrote and handed in, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from awards.models.cycles import AwardCycle, CycleQuestion, MaterialRequirement
from benefits.basis import Basis
from cases.steps import Step
from files.models import StoredFile
from members.models import MemberUnit, Tier

ANSWER_LENGTH = 5000


class AwardApplicationQuerySet(models.QuerySet):
    def filed(self):
        """Everything that was ever handed in. Drafts are the unit's own business."""
        return self.exclude(state=AwardApplication.State.DRAFT)

    def counted(self):
        """What uses the unit's right: handed in and not withdrawn."""
        return self.filed().exclude(state=AwardApplication.State.WITHDRAWN)


class AwardApplication(models.Model):
    """申报: a unit's application in one cycle.

    The right to it is judged on ``filed_on``, the day of the first submission in Asia/Shanghai;
    ``tier`` and ``basis`` say on what it rested then.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted, to be checked")
        RETURNED = "returned", _("returned to be completed")
        ACCEPTED = "accepted", _("accepted for review")
        DECLINED = "declined", _("not admitted")
        RECOMMENDED = "recommended", _("recommended")
        NOT_RECOMMENDED = "not_recommended", _("not recommended")
        AWARDED = "awarded", _("awarded")
        NOT_AWARDED = "not_awarded", _("not awarded")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # Still the unit's to write in; still to be decided by the association.
    EDITABLE = (State.DRAFT, State.RETURNED)
    WAITING = (State.SUBMITTED, State.ACCEPTED)
    UNDECIDED = (State.SUBMITTED, State.RETURNED, State.ACCEPTED)
    PASSED_ON = (State.RECOMMENDED, State.AWARDED, State.NOT_AWARDED)

    cycle = models.ForeignKey(
        AwardCycle, models.PROTECT, related_name="applications", verbose_name=_("award cycle")
    )
    unit = models.ForeignKey(
        MemberUnit,
        models.PROTECT,
        related_name="award_applications",
        verbose_name=_("member unit"),
    )
    title = models.CharField(_("nominee or project"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    number = models.CharField(_("application number"), max_length=12, blank=True)
    filed_on = models.DateField(_("day of filing"), null=True, blank=True)
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    basis = models.CharField(_("basis"), max_length=20, choices=Basis, blank=True)
    complete_by = models.DateField(_("to be completed by"), null=True, blank=True)
    recommended_to = models.CharField(_("recommended to"), max_length=120, blank=True)
    document = models.CharField(_("number of the document"), max_length=60, blank=True)
    recommended_on = models.DateField(_("recommended on"), null=True, blank=True)
    outcome = models.CharField(_("level or result"), max_length=120, blank=True)
    announced_on = models.DateField(_("result announced on"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("started at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last submitted by"),
    )

    objects = AwardApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("award application")
        verbose_name_plural = _("award applications")
        ordering = ["-filed_on", "-pk"]
        permissions = [("decide_award", _("Can decide award applications"))]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "number"],
                condition=~Q(number=""),
                name="award_application_number_once",
                violation_error_message=_("This number is taken in the cycle. Submit again."),
            ),
            models.CheckConstraint(
                name="award_application_filed_is_complete",
                condition=Q(
                    state="draft", number="", basis="", filed_on__isnull=True, tier__isnull=True
                )
                | (
                    ~Q(state="draft")
                    & ~Q(number="")
                    & ~Q(basis="")
                    & ~Q(title="")
                    & Q(filed_on__isnull=False, filed_by__isnull=False)
                ),
                violation_error_message=_(
                    "What has been submitted has a number, a title, its day and its basis; "
                    "a draft has none of them but the title."
                ),
            ),
            models.CheckConstraint(
                name="award_application_returned_has_day",
                condition=Q(state="returned", complete_by__isnull=False)
                | (~Q(state="returned") & Q(complete_by__isnull=True)),
                violation_error_message=_("Say by when a returned application is completed."),
            ),
            models.CheckConstraint(
                name="award_application_recommendation_complete",
                condition=(
                    Q(state__in=["recommended", "awarded", "not_awarded"])
                    & ~Q(recommended_to="")
                    & Q(recommended_on__isnull=False)
                )
                | (
                    ~Q(state__in=["recommended", "awarded", "not_awarded"])
                    & Q(recommended_to="", document="", recommended_on__isnull=True)
                ),
                violation_error_message=_("A recommendation says to whom and on which day."),
            ),
            models.CheckConstraint(
                name="award_application_outcome_dated",
                condition=Q(state__in=["awarded", "not_awarded"], announced_on__isnull=False)
                | (
                    ~Q(state__in=["awarded", "not_awarded"])
                    & Q(outcome="", announced_on__isnull=True)
                ),
                violation_error_message=_("A result has the day on which it was announced."),
            ),
        ]
        indexes = [models.Index(fields=["state", "filed_on"], name="award_application_queue")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip() or str(_("untitled draft"))

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE

    @property
    def is_undecided(self) -> bool:
        return self.state in self.UNDECIDED


class Answer(models.Model):
    """What an application says to one question, as `cases.questions` keeps it."""

    application = models.ForeignKey(AwardApplication, models.CASCADE, related_name="answers")
    question = models.ForeignKey(
        CycleQuestion, models.PROTECT, related_name="answers", verbose_name=_("question")
    )
    text = models.TextField(_("answer"), max_length=ANSWER_LENGTH, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["question__position", "question"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "question"], name="award_answer_once_per_question"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Material(StoredFile):
    """A file of an application; without a requirement it is one that the unit added itself."""

    application = models.ForeignKey(AwardApplication, models.CASCADE, related_name="materials")
    requirement = models.ForeignKey(
        MaterialRequirement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="materials",
        verbose_name=_("material"),
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["requirement__position", "requirement", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "requirement"],
                condition=Q(requirement__isnull=False),
                name="award_material_once_per_requirement",
                violation_error_message=_("This material has a file already. Reload the page."),
            )
        ]


class ApplicationStep(Step):
    """One entry in the trail of an application."""

    class What(models.TextChoices):
        STARTED = "started", _("draft started")
        SUBMITTED = "submitted", _("submitted")
        RESUBMITTED = "resubmitted", _("submitted again")
        RETURNED = "returned", _("returned to be completed")
        ACCEPTED = "accepted", _("accepted for review")
        DECLINED = "declined", _("not admitted")
        RECOMMENDED = "recommended", _("recommended")
        NOT_RECOMMENDED = "not_recommended", _("not recommended")
        AWARDED = "awarded", _("awarded")
        NOT_AWARDED = "not_awarded", _("not awarded")
        WITHDRAWN = "withdrawn", _("withdrawn")
        NOTE = "note", _("note among staff")

    application = models.ForeignKey(AwardApplication, models.CASCADE, related_name="steps")
    what = models.CharField(_("what happened"), max_length=20, choices=What)

    class Meta(Step.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")

    def __str__(self) -> str:
        return self.get_what_display()
