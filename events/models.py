"""The association's series of events, and each time one takes place."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from benefits.models import BenefitItem
from members.models.dated import in_order
from members.models.tiers import Labelled


class EventSeries(Labelled):
    """品牌会议: a conference or activity that comes again, and the charter's item for it."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    benefit_item = models.OneToOneField(
        BenefitItem, models.PROTECT, related_name="event_series", verbose_name=_("benefit item")
    )

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


class Event(models.Model):
    """届次: one event. A unit's right is judged at its first day."""

    series = models.ForeignKey(
        EventSeries, models.PROTECT, related_name="events", verbose_name=_("series of events")
    )
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    place = models.CharField(_("place"), max_length=120)
    is_announced = models.BooleanField(_("shown to member units"), default=False)

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
        ]

    def __str__(self) -> str:
        return self.name
