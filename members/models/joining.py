"""Membership applications: an approved one is a spell of membership.

What an applicant wrote in public stands beside it: its form, contacts, files and trail.
"""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from files.models import StoredFile
from members.models.committees import SpecialCommittee
from members.models.contacts import Contact
from members.models.dated import Dated, in_order, no_overlap
from members.models.recorded import recorded
from members.models.tiers import Tier
from members.models.units import CreditCodeField, MemberUnit


class MembershipApplicationQuerySet(models.QuerySet):
    def in_force(self, on: dt.date):
        """Approved applications whose membership covers the day ``on``."""
        return self.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=on),
            decision=MembershipApplication.Decision.APPROVED,
            decided_on__lte=on,
        )

    def under_way(self):
        """Filed and neither decided nor withdrawn."""
        return self.filter(decision=MembershipApplication.Decision.PENDING, filed_on__isnull=False)

    def waiting_for_staff(self):
        """Under way, and the next step is the association's."""
        return self.under_way().exclude(stage=MembershipApplication.Stage.RETURNED)


@recorded
class MembershipApplication(Dated):
    """入会申请. Approved, it makes the unit a member from ``decided_on`` to ``ended_on`` inclusive.

    When a unit joined is read from here and is stored nowhere else. One that was made in public
    carries the applicant's ``name`` and ``credit_code`` and has no unit before it is approved; it
    is a draft without ``filed_on`` until it is sent. ``stage`` says how far it came.
    """

    DAYS = ("decided_on", "ended_on")

    class Decision(models.TextChoices):
        PENDING = "pending", _("to be decided")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn by the applicant")

    class Stage(models.TextChoices):
        DRAFT = "draft", _("being filled in")
        PRELIMINARY = "preliminary", _("preliminary review")
        REVIEW = "review", _("second review")
        COUNCIL = "council", _("before the council")
        RETURNED = "returned", _("returned to be corrected")

    # Still the applicant's to write in.
    EDITABLE = (Stage.DRAFT, Stage.RETURNED)

    unit = models.ForeignKey(
        MemberUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("member unit"),
    )
    name = models.CharField(_("name of the applicant"), max_length=120, blank=True)
    credit_code = CreditCodeField(_("unified social credit code"), blank=True)
    filed_on = models.DateField(_("filed on"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.PRELIMINARY)
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision, default=Decision.PENDING
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    resolution = models.CharField(_("resolution"), max_length=120, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    ended_on = models.DateField(_("last day of membership"), null=True, blank=True)
    ended_because = models.CharField(_("why it ended"), max_length=200, blank=True)
    end_resolution = models.CharField(_("resolution on the end"), max_length=120, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("end recorded by"),
    )

    objects = MembershipApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership application")
        verbose_name_plural = _("membership applications")
        ordering = ["-filed_on", "-pk"]
        permissions = [("decide_application", _("Can decide a membership application"))]
        constraints = [
            no_overlap(
                "unit_id",
                name="membership_no_overlap",
                first="decided_on",
                last="ended_on",
                condition=Q(decision="approved"),
                message=_("The unit is already a member in this period."),
            ),
            in_order("membership_days_in_order", "decided_on", "ended_on"),
            models.CheckConstraint(
                name="membership_decision_dated",
                condition=(Q(decision="pending") & Q(decided_on__isnull=True))
                | (~Q(decision="pending") & Q(decided_on__isnull=False)),
                violation_error_message=_("A decision needs its date, and a date its decision."),
            ),
            models.CheckConstraint(
                name="membership_decided_after_filing",
                condition=Q(decided_on__isnull=True) | Q(decided_on__gte=models.F("filed_on")),
                violation_error_message=_("The decision lies before the application was filed."),
            ),
            models.CheckConstraint(
                name="membership_end_only_if_approved",
                condition=Q(ended_on__isnull=True) | Q(decision="approved"),
                violation_error_message=_("Only an approved membership can end."),
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(decision="pending", filed_on__isnull=False) & ~Q(credit_code=""),
                name="membership_under_way_once",
                violation_error_message=_(
                    "An application with this credit code is under way already."
                ),
            ),
            models.CheckConstraint(
                name="membership_filed_unless_draft",
                condition=Q(stage="draft", filed_on__isnull=True)
                | (~Q(stage="draft") & Q(filed_on__isnull=False)),
                violation_error_message=_("What was filed has its day; a draft has none."),
            ),
            models.CheckConstraint(
                name="membership_draft_is_undecided",
                condition=~Q(stage="draft") | Q(decision="pending"),
                violation_error_message=_("A draft is not decided."),
            ),
            models.CheckConstraint(
                name="membership_returned_is_not_approved",
                condition=~Q(stage="returned") | ~Q(decision="approved"),
                violation_error_message=_("What was returned is corrected before it is approved."),
            ),
            models.CheckConstraint(
                name="membership_approved_has_unit",
                condition=~Q(decision="approved") | Q(unit__isnull=False),
                violation_error_message=_("An approved application has its unit."),
            ),
            models.CheckConstraint(
                name="membership_names_who_applies",
                condition=Q(unit__isnull=False) | (~Q(name="") & ~Q(credit_code="")),
                violation_error_message=_("Say which unit applies."),
            ),
        ]

    def __str__(self) -> str:
        day = date_format(self.filed_on) if self.filed_on else self.get_stage_display()
        return f"{self.applicant} · {day}"

    @property
    def applicant(self) -> str:
        """The unit's name; before there is a unit, the name it applied under."""
        return str(self.unit) if self.unit_id else self.name

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may write in it."""
        return self.decision == self.Decision.PENDING and self.stage in self.EDITABLE

    @property
    def is_public(self) -> bool:
        """Whether an applicant made it; staff enter the others for a unit that is known."""
        return hasattr(self, "form")

    @property
    def is_under_way(self) -> bool:
        return self.decision == self.Decision.PENDING and self.filed_on is not None

    @property
    def state(self) -> str:
        """Where it stands, in a word: the stage while it is undecided, then the decision."""
        return self.stage if self.decision == self.Decision.PENDING else self.decision

    @property
    def state_in_words(self) -> str:
        if self.decision == self.Decision.PENDING:
            return self.get_stage_display()
        return self.get_decision_display()

    def is_in_force(self, on: dt.date) -> bool:
        """Whether it makes the unit a member on the day ``on``."""
        return self.decision == self.Decision.APPROVED and self.holds(on)


@recorded
class ApplicationForm(models.Model):
    """What an applicant wrote about itself, as last corrected, and what it wishes for.

    Only applications made in public have one; those that staff entered name their unit.
    """

    application = models.OneToOneField(
        MembershipApplication,
        models.CASCADE,
        related_name="form",
        verbose_name=_("membership application"),
    )
    kind = models.CharField(
        _("kind of organisation"), max_length=20, choices=MemberUnit.Kind, blank=True
    )
    province = models.CharField(_("province"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    introduction = models.TextField(_("introduction"), max_length=2000, blank=True)
    tier = models.ForeignKey(
        Tier,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wished tier"),
    )
    committees = models.ManyToManyField(
        SpecialCommittee, blank=True, related_name="+", verbose_name=_("wished committees")
    )
    created_at = models.DateTimeField(_("begun at"))

    class Meta:
        verbose_name = _("application form")
        verbose_name_plural = _("application forms")

    def __str__(self) -> str:
        return str(self.application)


class ApplicationContact(models.Model):
    """A person named in an application. The liaison gets its letters."""

    application = models.ForeignKey(
        MembershipApplication,
        models.CASCADE,
        related_name="contacts",
        verbose_name=_("membership application"),
    )
    name = models.CharField(_("full name"), max_length=60)
    roles = ArrayField(
        models.CharField(max_length=10, choices=Contact.Role),
        verbose_name=_("contact for"),
        default=list,
    )
    title = models.CharField(_("job title"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    mobile = models.CharField(_("mobile"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("contact in an application")
        verbose_name_plural = _("contacts in applications")
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(
                "application",
                Lower("email"),
                condition=~Q(email=""),
                name="application_contact_email_once",
                violation_error_message=_("Two contacts have the same e-mail address."),
            ),
            models.CheckConstraint(
                name="application_contact_needs_email",
                condition=~Q(roles__overlap=["liaison", "bulletin"]) | ~Q(email=""),
                violation_error_message=_("This contact needs an e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def purposes(self) -> str:
        """What the person is a contact for, in words."""
        return "、".join(str(Contact.Role(role).label) for role in self.roles)


class ApplicationFile(StoredFile):
    """A file that belongs to an application; the applicant has no account."""

    class Purpose(models.TextChoices):
        LICENCE = "licence", _("copy of the business licence")
        STAMPED_FORM = "stamped_form", _("stamped application form")

    application = models.ForeignKey(
        MembershipApplication,
        models.CASCADE,
        related_name="files",
        verbose_name=_("membership application"),
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    uploaded_by = None

    class Meta:
        verbose_name = _("file of an application")
        verbose_name_plural = _("files of applications")
        ordering = ["purpose", "uploaded_at", "pk"]


@recorded
class ApplicationStep(models.Model):
    """What happened to an application, when, and by whom; without a person, by the applicant."""

    class Kind(models.TextChoices):
        FILED = "filed", _("application sent")
        REFILED = "refiled", _("corrected and sent again")
        PASSED_PRELIMINARY = "preliminary", _("preliminary review passed")
        PASSED_REVIEW = "review", _("second review passed")
        RETURNED = "returned", _("returned to be corrected")
        APPROVED = "approved", _("approved by the council")
        REJECTED = "rejected", _("application not approved")
        WITHDRAWN = "withdrawn", _("withdrawn by the applicant")
        ENDED = "ended", _("membership ended")
        REINSTATED = "reinstated", _("end of the membership corrected")

    # Their note is written to the applicant; any other is for staff.
    TOLD = (Kind.RETURNED, Kind.REJECTED, Kind.WITHDRAWN)

    application = models.ForeignKey(
        MembershipApplication,
        models.CASCADE,
        related_name="steps",
        verbose_name=_("membership application"),
    )
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("step of an application")
        verbose_name_plural = _("steps of applications")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def told_note(self) -> str:
        """The note, where it is written to the applicant."""
        return self.note if self.kind in self.TOLD else ""
