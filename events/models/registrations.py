"""A unit's registration for an event, and the people it sends."""

import secrets

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from benefits.models import Medium
from events.models.events import Event
from members.models import MemberUnit, Tier

validate_mobile = RegexValidator(
    r"^\+?[0-9]{6,15}\Z",
    _("Write the telephone number with digits only, for example 13800001234."),
    code="mobile",
)


class Registration(models.Model):
    """报名: what a unit was promised at an event, as it was decided last, and what it holds.

    ``free_taken`` counts the free seats that live attendees hold; only `events.taking` changes
    it, and the database keeps it within ``free_seats``.
    """

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="registrations", verbose_name=_("event")
    )
    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="registrations", verbose_name=_("member unit")
    )
    # Empty for any number of people.
    free_seats = models.PositiveIntegerField(_("free seats"), null=True)
    free_taken = models.PositiveIntegerField(_("free seats taken"), default=0)
    # Of each person beyond the free seats; empty where nobody can come beyond them.
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, null=True)
    # In what form the right is enjoyed; empty for a unit without the right.
    medium = models.CharField(_("medium"), max_length=12, choices=Medium, blank=True)
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, related_name="+", verbose_name=_("tier")
    )
    basis = models.CharField(_("basis"), max_length=40)
    service_on = models.DateField(_("judged for"))
    judged_at = models.DateTimeField(_("judged at"))

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-event__starts_on", "unit__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "unit"],
                name="registration_once_per_unit",
                violation_error_message=_("The unit is registered already. Add people to it."),
            ),
            models.CheckConstraint(
                name="registration_free_taken_within_free_seats",
                condition=Q(free_seats__isnull=True) | Q(free_taken__lte=F("free_seats")),
                violation_error_message=_("The unit has taken more seats than it has free."),
            ),
            models.CheckConstraint(
                name="registration_price_not_negative",
                condition=Q(price__isnull=True) | Q(price__gte=0),
                violation_error_message=_("A price cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.unit}"

    @property
    def is_unlimited(self) -> bool:
        return self.free_seats is None

    @property
    def is_entitled(self) -> bool:
        """Whether the unit had the right when it was judged last."""
        return self.medium != ""


class AttendeeQuerySet(models.QuerySet):
    def live(self):
        """Those who have a seat."""
        return self.filter(state=Attendee.State.LIVE)

    def waiting(self):
        """Those who wait for a place in the hall, in their order."""
        return self.filter(state=Attendee.State.WAITING).order_by("turn")

    def expected(self):
        """Those who have a seat or wait for one."""
        return self.filter(state__in=Attendee.EXPECTED)

    def to_be_paid(self):
        """Live seats beyond the free ones that nobody has paid for, the earliest first."""
        return self.live().filter(is_free=False, paid_on__isnull=True).order_by("pk")


def new_token() -> str:
    """128 random bits for the address of a pass."""
    return secrets.token_urlsafe(16)


class Attendee(models.Model):
    """参会人: one person of a unit at an event, from being added to the end."""

    class State(models.TextChoices):
        LIVE = "live", _("registered")
        WAITING = "waiting", _("on the waiting list")
        CANCELLED = "cancelled", _("cancelled")
        REPLACED = "replaced", _("replaced")

    EXPECTED = (State.LIVE, State.WAITING)

    registration = models.ForeignKey(
        Registration, models.PROTECT, related_name="attendees", verbose_name=_("registration")
    )
    name = models.CharField(_("attendee's name"), max_length=60)
    mobile = models.CharField(_("mobile"), max_length=20, validators=[validate_mobile])
    email = models.EmailField(_("e-mail address"), blank=True)
    job_title = models.CharField(_("job title"), max_length=60, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=State)
    # Takes one of the unit's free seats.
    is_free = models.BooleanField(_("free seat"), default=False)
    # Costs what members pay; neither free nor the full fee.
    is_member_price = models.BooleanField(_("at the member price"), default=False)
    # Empty while waiting.
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, null=True)
    paid_on = models.DateField(_("paid on"), null=True)
    # The place in the waiting list; kept by who takes a waiting person's place.
    turn = models.PositiveIntegerField(_("turn"), null=True)
    token = models.CharField(_("pass"), max_length=40, unique=True, default=new_token)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        related_name="replaced_by",
        verbose_name=_("takes the seat of"),
    )

    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    checked_in_at = models.DateTimeField(_("checked in at"), null=True)
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("checked in by"),
    )

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        ordering = ["pk"]
        permissions = [("check_in", _("Can check attendees in"))]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "name", "mobile"],
                condition=Q(state__in=["live", "waiting"]),
                name="attendee_once_per_registration",
                violation_error_message=_("This person is registered already."),
            ),
            models.CheckConstraint(
                name="attendee_free_costs_nothing",
                condition=Q(is_free=False) | Q(price=0, is_member_price=False),
                violation_error_message=_("A free seat costs nothing."),
            ),
            models.CheckConstraint(
                name="attendee_live_has_price",
                condition=~Q(state="live") | Q(price__isnull=False, price__gte=0),
                violation_error_message=_("A seat has a price; a free one costs 0."),
            ),
            models.CheckConstraint(
                name="attendee_waiting_holds_nothing",
                condition=~Q(state="waiting")
                | Q(
                    is_free=False,
                    is_member_price=False,
                    price__isnull=True,
                    paid_on__isnull=True,
                    turn__isnull=False,
                ),
                violation_error_message=_("Who waits has no seat and pays nothing."),
            ),
            models.CheckConstraint(
                name="attendee_paid_has_price",
                condition=Q(paid_on__isnull=True) | Q(price__gt=0),
                violation_error_message=_("There is nothing to pay for this seat."),
            ),
            models.CheckConstraint(
                name="attendee_ended_says_when",
                condition=Q(
                    state__in=["live", "waiting"], ended_at__isnull=True, ended_by__isnull=True
                )
                | Q(
                    state__in=["cancelled", "replaced"],
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="attendee_only_live_checked_in",
                condition=Q(checked_in_at__isnull=True, checked_in_by__isnull=True)
                | Q(state="live", checked_in_at__isnull=False, checked_in_by__isnull=False),
                violation_error_message=_("Only a registered person can be checked in."),
            ),
        ]
        indexes = [
            models.Index(fields=["turn"], name="attendee_waiting", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_to_be_paid(self) -> bool:
        return self.is_live and bool(self.price) and self.paid_on is None
