"""The charter as data: groups, items, what each tier or committee is allowed, and exceptions."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import MemberUnit, SpecialCommittee, Tier
from members.models.dated import Dated, DatedQuerySet, in_order, no_overlap
from members.models.tiers import Labelled


class Extent(models.TextChoices):
    """How much is allowed. Unlimited, not stated and zero are three different things."""

    QUANTITY = "quantity", _("a number")
    UNLIMITED = "unlimited", _("unlimited")
    NOT_STATED = "not_stated", _("the charter states no number")


class Medium(models.TextChoices):
    """In what form a benefit is enjoyed."""

    PAPER = "paper", _("paper")
    ELECTRONIC = "electronic", _("electronic")
    SEAT = "seat", _("free seats")
    RIGHT = "right", _("the service itself")
    DISCOUNT = "discount", _("member price")


class StaffEdited(models.Model):
    """A row that remembers who of the staff changed it; the charter's file leaves it alone then."""

    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("edited by"),
    )

    class Meta:
        abstract = True


class BenefitGroup(Labelled):
    """A chapter of the charter."""

    code = models.SlugField(_("code"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), unique=True)

    class Meta:
        verbose_name = _("group of benefits")
        verbose_name_plural = _("groups of benefits")
        ordering = ["position"]


class BenefitItemQuerySet(models.QuerySet):
    def promised(self, on: dt.date):
        """Items that the charter has on the day ``on``, in its order."""
        in_force = Q(retired_on__isnull=True) | Q(retired_on__gt=on)
        return self.filter(in_force).order_by("group__position", "position")


class BenefitItem(Labelled, StaffEdited):
    """权益项: one numbered line of the charter."""

    class Period(models.TextChoices):
        """How often the charter says it takes place."""

        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        BIMONTHLY = "bimonthly", _("every two months")
        HALF_YEARLY = "half_yearly", _("half-yearly")
        ANNUAL = "annual", _("yearly")
        BIENNIAL = "biennial", _("every two years")
        YEAR_ROUND = "year_round", _("all year round")
        IRREGULAR = "irregular", _("irregular")
        ON_DEMAND = "on_demand", _("on demand")
        ONCE = "once", _("once")

    class CountedPer(models.TextChoices):
        """What an allowed number is counted against."""

        ISSUE = "issue", _("per issue")
        EVENT = "event", _("per event")
        UNIT = "unit", _("once per unit")
        NOTHING = "nothing", _("not counted")

    group = models.ForeignKey(
        BenefitGroup, models.PROTECT, related_name="items", verbose_name=_("group")
    )
    code = models.SlugField(_("code"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("number in the group"))
    period = models.CharField(_("period"), max_length=12, choices=Period)
    counted_per = models.CharField(
        _("counted"), max_length=10, choices=CountedPer, default=CountedPer.NOTHING
    )
    clause = models.CharField(_("clause of the charter"), max_length=60)
    # Set when a later charter drops the item; its history stays.
    retired_on = models.DateField(_("not promised from"), null=True, blank=True)

    objects = BenefitItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("benefit item")
        verbose_name_plural = _("benefit items")
        ordering = ["group__position", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "position"],
                condition=Q(retired_on__isnull=True),
                name="benefit_item_position",
                violation_error_message=_("Another item of the group has this number."),
            )
        ]

    def __str__(self) -> str:
        return self.label


class AllowanceQuerySet(DatedQuerySet):
    def promised(self, on: dt.date):
        """Allowances that hold on the day ``on`` of items that the charter still has then."""
        kept = Q(item__retired_on__isnull=True) | Q(item__retired_on__gt=on)
        return self.on(on).filter(kept)


class Allowance(Dated, StaffEdited):
    """权益标准: what one tier, or one committee, is allowed of an item, and from when to when.

    ``part`` numbers several promises within one item (a problem's study for the unit concerned,
    its common part for the vice-president units); ``note`` says in words which it is.
    """

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("every unit of the tier or committee")
        CONCERNED = "concerned", _("only the unit the matter concerns")

    item = models.ForeignKey(
        BenefitItem, models.PROTECT, related_name="allowances", verbose_name=_("benefit item")
    )
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, verbose_name=_("tier"))
    committee = models.ForeignKey(
        SpecialCommittee,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("special committee"),
    )
    part = models.PositiveSmallIntegerField(_("part"), default=1)
    audience = models.CharField(
        _("audience"), max_length=10, choices=Audience, default=Audience.EVERYONE
    )
    medium = models.CharField(_("medium"), max_length=12, choices=Medium)
    extent = models.CharField(_("extent"), max_length=12, choices=Extent)
    quantity = models.PositiveIntegerField(_("number"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    clause = models.CharField(_("clause of the charter"), max_length=60)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    objects = AllowanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        ordering = ["item", "tier__rank", "committee", "part", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="allowance_tier_or_committee",
                condition=Q(tier__isnull=False, committee__isnull=True)
                | Q(tier__isnull=True, committee__isnull=False),
                violation_error_message=_("Choose a tier or a committee, not both."),
            ),
            models.CheckConstraint(
                name="allowance_number_if_counted",
                condition=(Q(extent=Extent.QUANTITY) & Q(quantity__isnull=False))
                | (~Q(extent=Extent.QUANTITY) & Q(quantity__isnull=True)),
                violation_error_message=_("Give a number exactly when the extent is a number."),
            ),
            no_overlap(
                "item_id",
                "tier_id",
                "part",
                name="allowance_tier_no_overlap",
                condition=Q(tier__isnull=False),
                message=_("This tier already has an allowance of the item in this period."),
            ),
            no_overlap(
                "item_id",
                "committee_id",
                "part",
                name="allowance_committee_no_overlap",
                condition=Q(committee__isnull=False),
                message=_("This committee already has an allowance of the item in this period."),
            ),
            in_order("allowance_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.tier or self.committee}"


class ExceptionalGrant(Dated):
    """特批: an approved exception from the dues rule, or a larger number, until it expires.

    It never makes a non-member a member. Without an item it covers every item.
    """

    class Gives(models.TextChoices):
        AS_CHARTER = "charter", _("what the charter gives the unit's tier")
        QUANTITY = "quantity", _("a number")
        UNLIMITED = "unlimited", _("unlimited")

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="grants", verbose_name=_("member unit")
    )
    item = models.ForeignKey(
        BenefitItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("benefit item"),
        help_text=_("Leave empty to cover every item."),
    )
    gives = models.CharField(_("gives"), max_length=10, choices=Gives, default=Gives.AS_CHARTER)
    quantity = models.PositiveIntegerField(_("number"), null=True, blank=True)
    medium = models.CharField(_("medium"), max_length=12, choices=Medium, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("exceptional grant")
        verbose_name_plural = _("exceptional grants")
        ordering = ["-starts_on", "unit"]
        constraints = [
            models.CheckConstraint(
                name="grant_days_in_order",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                name="grant_reason_given",
                condition=~Q(reason=""),
                violation_error_message=_("Give the reason for the exception."),
            ),
            models.CheckConstraint(
                name="grant_number_if_counted",
                condition=(Q(gives="quantity") & Q(quantity__isnull=False) & ~Q(medium=""))
                | (Q(gives="unlimited") & Q(quantity__isnull=True) & ~Q(medium=""))
                | (Q(gives="charter") & Q(quantity__isnull=True) & Q(medium="")),
                violation_error_message=_(
                    "A number or unlimited needs its medium (and the number); "
                    "what the charter gives needs neither."
                ),
            ),
            models.CheckConstraint(
                name="grant_number_positive",
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0),
                violation_error_message=_("A grant gives more than zero."),
            ),
            models.CheckConstraint(
                name="grant_number_needs_item",
                condition=Q(gives="charter") | Q(item__isnull=False),
                violation_error_message=_("Choose the item the number is for."),
            ),
            no_overlap(
                "unit_id",
                "item_id",
                name="grant_item_no_overlap",
                condition=Q(item__isnull=False),
                message=_("The unit already has a grant for this item in this period."),
            ),
            no_overlap(
                "unit_id",
                name="grant_all_no_overlap",
                condition=Q(item__isnull=True),
                message=_("The unit already has a grant for all items in this period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.item or _('all items')}"
