"""The association's series of events, and each time one takes place."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from benefits.models import BenefitItem
from members.models.dated import in_order
from members.models.tiers import Labelled


class EventSeriesQuerySet(models.QuerySet):
    def due(self, on: dt.date):
        """Series that take place every year, and have no event yet in the year of ``on``."""
        held = Event.objects.filter(
            series=models.OuterRef("pk"), starts_on__year=on.year, cancelled_at__isnull=True
        )
        kept = Q(benefit_item__retired_on__isnull=True) | Q(benefit_item__retired_on__gt=on)
        yearly = Q(benefit_item__period=BenefitItem.Period.ANNUAL)
        return self.filter(kept & yearly & ~models.Exists(held))


class EventSeries(Labelled):
    """品牌会议: a conference or activity that comes again, and the charter's item for it."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    benefit_item = models.OneToOneField(
        BenefitItem, models.PROTECT, related_name="event_series", verbose_name=_("benefit item")
    )

    objects = EventSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series of events")
        verbose_name_plural = _("series of events")
        ordering = ["benefit_item__position"]


class EventQuerySet(models.QuerySet):
    def announced(self):
        """Events that member units may see."""
        return self.filter(is_announced=True)

    def not_over(self, on: dt.date):
        """Events that end on or after the day ``on``."""
        return self.filter(ends_on__gte=on)

    def taking_place(self):
        """Events that have not been called off."""
        return self.filter(cancelled_at__isnull=True)


class Event(models.Model):
    """届次: one event. A unit's right is judged at its first day.

    ``taken`` counts the places of the hall that live attendees hold; only `events.taking`
    changes it, and the database keeps it within ``capacity``.
    """

    series = models.ForeignKey(
        EventSeries, models.PROTECT, related_name="events", verbose_name=_("series of events")
    )
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    place = models.CharField(_("place"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    contact = models.CharField(
        _("whom to ask"),
        max_length=120,
        blank=True,
        help_text=_("Name and telephone, shown to member units."),
    )
    is_announced = models.BooleanField(_("shown to member units"), default=False)

    registration_opens_on = models.DateField(
        _("registration opens on"),
        null=True,
        blank=True,
        help_text=_("Without these three days units cannot register online."),
    )
    registration_closes_on = models.DateField(
        _("registration closes on"),
        null=True,
        blank=True,
        help_text=_("The last day on which units can register."),
    )
    changes_until = models.DateField(
        _("changes until"),
        null=True,
        blank=True,
        help_text=_("The last day on which units can substitute or cancel people."),
    )

    capacity = models.PositiveIntegerField(
        _("places in the hall"),
        null=True,
        blank=True,
        help_text=_("Leave empty for no limit. Who comes when it is full waits in order."),
    )
    taken = models.PositiveIntegerField(_("places taken"), default=0, editable=False)
    sized_at = models.DateTimeField(_("size changed at"), null=True, editable=False)
    sized_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("size changed by"),
    )
    fee = models.DecimalField(
        _("fee"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_(
            "In yuan, for a person of a unit without the right. "
            "Leave empty where such units cannot register."
        ),
    )
    member_price = models.DecimalField(
        _("member price"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_(
            "In yuan, for each person beyond the unit's free seats; 0 costs nothing. "
            "Leave empty where nobody can come beyond the free seats."
        ),
    )

    cancelled_at = models.DateTimeField(_("called off at"), null=True, editable=False)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("called off by"),
    )
    cancelled_because = models.CharField(
        _("why it was called off"), max_length=200, blank=True, editable=False
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-starts_on"]
        constraints = [
            in_order("event_days_in_order"),
            models.UniqueConstraint(
                fields=["series", "starts_on"],
                name="event_once_per_day",
                violation_error_message=_("The series already has an event on this day."),
            ),
            models.CheckConstraint(
                name="event_registration_days_complete",
                condition=Q(
                    registration_opens_on__isnull=True,
                    registration_closes_on__isnull=True,
                    changes_until__isnull=True,
                )
                | Q(
                    registration_opens_on__isnull=False,
                    registration_closes_on__isnull=False,
                    changes_until__isnull=False,
                ),
                violation_error_message=_(
                    "Give all three days: registration opens, registration closes, changes until."
                ),
            ),
            models.CheckConstraint(
                name="event_registration_days_in_order",
                condition=Q(registration_opens_on__isnull=True)
                | Q(
                    registration_opens_on__lte=F("registration_closes_on"),
                    registration_closes_on__lte=F("ends_on"),
                    changes_until__gte=F("registration_opens_on"),
                    changes_until__lte=F("ends_on"),
                ),
                violation_error_message=_(
                    "Registration opens before it closes, and neither it nor changes end "
                    "after the event."
                ),
            ),
            models.CheckConstraint(
                name="event_capacity_positive",
                condition=Q(capacity__isnull=True) | Q(capacity__gt=0),
                violation_error_message=_("The hall has at least one place, or no limit."),
            ),
            models.CheckConstraint(
                name="event_taken_within_capacity",
                condition=Q(capacity__isnull=True) | Q(taken__lte=F("capacity")),
                violation_error_message=_("More places are taken than the hall has."),
            ),
            models.CheckConstraint(
                name="event_prices_not_negative",
                condition=(Q(fee__isnull=True) | Q(fee__gte=0))
                & (Q(member_price__isnull=True) | Q(member_price__gte=0)),
                violation_error_message=_("A price cannot be negative."),
            ),
            models.CheckConstraint(
                name="event_member_price_not_above_fee",
                condition=Q(fee__isnull=True)
                | Q(member_price__isnull=True)
                | Q(member_price__lte=F("fee")),
                violation_error_message=_("Members cannot pay more than the fee."),
            ),
            models.CheckConstraint(
                name="event_called_off_with_reason",
                condition=Q(
                    cancelled_at__isnull=True, cancelled_by__isnull=True, cancelled_because=""
                )
                | (
                    Q(cancelled_at__isnull=False, cancelled_by__isnull=False)
                    & ~Q(cancelled_because="")
                ),
                violation_error_message=_("Say why the event is called off."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_called_off(self) -> bool:
        return self.cancelled_at is not None

    @property
    def places_left(self) -> int | None:
        """Places that are free in the hall; ``None`` for no limit."""
        return None if self.capacity is None else self.capacity - self.taken
