"""What several dated rows have in common: whole days, first and last day included."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _


class IdRange(Func):
    """``int8range(id, id, '[]')``: equality of ids in GiST without btree_gist."""

    function = "int8range"
    output_field = models.Field()

    def __init__(self, column: str):
        # By the field's name: when Django validates a row, it knows its values by those.
        field = F(column.removesuffix("_id"))
        super().__init__(field, field, Value("[]"))


class Days(Func):
    """``daterange(first, last, '[]')``; a last day of NULL is open."""

    function = "daterange"
    output_field = DateRangeField()

    def __init__(self, first: str, last: str):
        super().__init__(F(first), F(last), Value("[]"))


def no_overlap(
    *ids: str, name: str, message, first: str = "starts_on", last: str = "ends_on", condition=None
) -> ExclusionConstraint:
    """At any day at most one row for the given ids, held by the database."""
    return ExclusionConstraint(
        name=name,
        expressions=[(IdRange(column), RangeOperators.OVERLAPS) for column in ids]
        + [(Days(first, last), RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=message,
    )


def in_order(name: str, first: str = "starts_on", last: str = "ends_on") -> models.CheckConstraint:
    """The last day does not come before the first."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)}),
        violation_error_message=_("The last day lies before the first day."),
    )


class Dated(models.Model):
    """A row for the days from the first to the last field of ``DAYS``."""

    DAYS = ("starts_on", "ends_on")

    class Meta:
        abstract = True

    @property
    def begins(self) -> dt.date:
        """The first day."""
        return getattr(self, self.DAYS[0])

    @property
    def ends(self) -> dt.date:
        """The last day; the end of time while it is open."""
        return getattr(self, self.DAYS[1]) or dt.date.max

    def holds(self, on: dt.date) -> bool:
        """Whether the day ``on`` is one of its days."""
        return self.begins <= on <= self.ends

    def shares_a_day(self, other: "Dated") -> bool:
        """Whether some day is one of both."""
        return self.begins <= other.ends and other.begins <= self.ends

    def clean(self) -> None:
        """Say it at the field, and before PostgreSQL is asked for an impossible range."""
        super().clean()
        first, last = (getattr(self, name) for name in self.DAYS)
        if first and last and last < first:
            raise ValidationError({self.DAYS[1]: _("The last day lies before the first day.")})


class DatedQuerySet(models.QuerySet):
    def on(self, on: dt.date):
        """Rows that hold on the day ``on``."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)
