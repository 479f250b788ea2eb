"""联络员交接: the liaison's work passes to another person, whom staff approve and invite."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.contacts import Contact
from members.models.inviting import Invitation
from members.models.recorded import recorded
from members.models.representation import Representative
from members.models.units import MemberUnit


class LiaisonHandoverQuerySet(models.QuerySet):
    def open(self):
        """Those that are not finished yet."""
        return self.filter(state__in=LiaisonHandover.OPEN)


@recorded
class LiaisonHandover(models.Model):
    """One liaison's work passes to one successor.

    Waiting, until staff approve; approved, until the successor has accepted the invitation; done.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to be approved")
        APPROVED = "approved", _("approved, invitation sent")
        DONE = "done", _("handed over")
        REFUSED = "refused", _("not approved")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Outgoing(models.TextChoices):
        """What becomes of the liaison until now."""

        STAYS = "stays", _("stays at the unit and keeps access")
        LEAVES_AT_ONCE = "at_once", _("loses access when the successor has accepted")
        LEAVES_LATER = "last_day", _("loses access after the last day")

    OPEN = (State.WAITING, State.APPROVED)

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="handovers", verbose_name=_("member unit")
    )
    # Empty where the unit had no liaison.
    outgoing = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("liaison until now"),
    )
    seat = models.ForeignKey(
        Representative,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("access of the liaison until now"),
    )
    afterwards = models.CharField(
        _("the liaison until now"), max_length=10, choices=Outgoing, default=Outgoing.STAYS
    )
    last_day = models.DateField(_("last day"))
    name = models.CharField(_("successor's full name"), max_length=60)
    email = models.EmailField(_("successor's e-mail address"))
    mobile = models.CharField(_("successor's mobile"), max_length=30, blank=True)
    title = models.CharField(_("successor's job title"), max_length=60, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING, editable=False
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked at"), editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    answer = models.CharField(_("reason of the decision"), max_length=300, blank=True)
    invitation = models.OneToOneField(
        Invitation,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="handover",
        verbose_name=_("invitation"),
    )
    done_at = models.DateTimeField(_("handed over at"), null=True, blank=True, editable=False)

    objects = LiaisonHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("liaison hand-over")
        verbose_name_plural = _("liaison hand-overs")
        ordering = ["-asked_at", "-pk"]
        permissions = [("decide_handover", _("Can decide a liaison hand-over"))]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state__in=["waiting", "approved"]),
                name="handover_one_open",
                violation_error_message=_("The unit has a hand-over under way already."),
            ),
            models.CheckConstraint(
                name="handover_decided_by_someone",
                condition=Q(state__in=["waiting", "withdrawn"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_done_has_time",
                condition=(Q(state="done") & Q(done_at__isnull=False))
                | (~Q(state="done") & Q(done_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="handover_refusal_has_reason",
                condition=~Q(state="refused") | ~Q(answer=""),
                violation_error_message=_("Say why, for the unit to read."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.name}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
