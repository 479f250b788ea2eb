"""纸质发放: what of an issue is posted on paper: one run, and a parcel for each unit."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from members.models import MemberUnit, Tier
from publications.models.issues import Issue


class PrintRun(models.Model):
    """The one time that an issue is posted. Rights are judged at ``posted_on``."""

    issue = models.OneToOneField(
        Issue, models.PROTECT, related_name="print_run", verbose_name=_("issue")
    )
    posted_on = models.DateField(_("posting date"))
    # Printed beyond what the units get: for the archive, for what is lost on the way.
    spare = models.PositiveIntegerField(_("spare copies"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("confirmed by")
    )

    class Meta:
        verbose_name = _("print run")
        verbose_name_plural = _("print runs")
        ordering = ["-posted_on", "-pk"]
        permissions = [("confirm_print_run", _("Can confirm a print run"))]

    def __str__(self) -> str:
        return str(self.issue)


class ParcelQuerySet(models.QuerySet):
    def to_post(self):
        """Parcels that go to the post."""
        return self.filter(state=Parcel.State.TO_POST)

    def tally(self) -> dict[str, int]:
        """Units: promised = to post + left out, beside them not entitled; copies to post."""
        to_post = Q(state=Parcel.State.TO_POST)
        return self.aggregate(
            to_post=Count("pk", filter=to_post),
            left_out=Count("pk", filter=Q(state=Parcel.State.LEFT_OUT)),
            promised=Count("pk", filter=~Q(state=Parcel.State.NOT_ENTITLED)),
            not_entitled=Count("pk", filter=Q(state=Parcel.State.NOT_ENTITLED)),
            copies=Coalesce(Sum("copies", filter=to_post), 0),
        )


class Parcel(models.Model):
    """One unit of a print run: how many copies it gets, where they go, or why they do not.

    ``recipient``, ``address`` and the rest are as they stood when the run was confirmed. A unit
    that gets no printed copies has a row too, with the reason.
    """

    class State(models.TextChoices):
        TO_POST = "to_post", _("posted")
        LEFT_OUT = "left_out", _("not posted")
        NOT_ENTITLED = "not_entitled", _("not entitled to printed copies")

    class Reason(models.TextChoices):
        """Beside the reasons of the rule, why a unit gets no parcel."""

        NO_ADDRESS = "no_address", _("no postal address is recorded")
        ELECTRONIC = "electronic", _("gets the electronic edition")

    # `parcel_once` serves for the run.
    print_run = models.ForeignKey(
        PrintRun,
        models.PROTECT,
        db_index=False,
        related_name="parcels",
        verbose_name=_("print run"),
    )
    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="parcels", verbose_name=_("member unit")
    )
    # What was decided when the run was confirmed.
    copies = models.PositiveIntegerField(_("copies"))
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("tier")
    )
    basis = models.CharField(_("basis"), max_length=40)
    state = models.CharField(_("state"), max_length=12, choices=State)
    # A code, put into words where shown.
    reason = models.CharField(_("reason"), max_length=40, blank=True)

    recipient = models.CharField(_("recipient"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["print_run", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["print_run", "unit"], name="parcel_once"),
            models.CheckConstraint(
                name="parcel_posted_has_address",
                condition=~Q(state="to_post") | (~Q(address="") & ~Q(recipient="") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="parcel_left_out_has_reason",
                condition=Q(state="to_post") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="parcel_promised_has_copies",
                condition=(Q(state="not_entitled") & Q(copies=0))
                | (~Q(state="not_entitled") & Q(copies__gt=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.copies}"
