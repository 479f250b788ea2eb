"""Everything in the benefits app that can decide one unit's rights, read in one query."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import JSONObject

from accounts.models import User
from benefits.models import Allowance, BenefitItem, ExceptionalGrant
from members.models import CommitteeSeat, MemberUnit, SpecialCommittee, Tier


@dataclass(frozen=True)
class Evidence:
    """The charter's rows for some items, and one unit's seats and grants, over some days."""

    allowances: dict[int, list[Allowance]]  # by item
    seats: list[CommitteeSeat]
    grants: list[ExceptionalGrant]

    def promised(self, item: BenefitItem, on: dt.date) -> list[Allowance]:
        """What the charter promises of the item on the day, to whomever; numbers of zero too."""
        if item.retired_on and item.retired_on <= on:
            return []
        return [row for row in self.allowances[item.pk] if holds(row, on)]

    def committees(self, on: dt.date) -> set[int]:
        """The committees the unit sits on."""
        return {seat.committee_id for seat in self.seats if holds(seat, on)}

    def granted(self, item: BenefitItem, on: dt.date) -> list[ExceptionalGrant]:
        """Grants in force for the item: its own first, then one for every item."""
        found = [row for row in self.grants if holds(row, on) and row.item_id in (item.pk, None)]
        return sorted(found, key=lambda grant: grant.item_id is None)


def holds(row: Allowance | CommitteeSeat | ExceptionalGrant, on: dt.date) -> bool:
    return row.starts_on <= on and (row.ends_on is None or row.ends_on >= on)


def evidence(
    unit: MemberUnit, items: Iterable[BenefitItem], first: dt.date, last: dt.date
) -> Evidence:
    """What can matter between two days, both included, in one query."""
    within = Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    rows = (
        MemberUnit.objects.filter(pk=unit.pk)
        .values(
            charter=as_json(
                Allowance.objects.filter(within, starts_on__lte=last, item__in=list(items)),
                tier=(Tier, None),
                committee=(SpecialCommittee, None),
            ),
            held=as_json(CommitteeSeat.objects.filter(within, starts_on__lte=last, unit=unit)),
            granted=as_json(
                ExceptionalGrant.objects.filter(within, starts_on__lte=last, unit=unit),
                approved_by=(User, ["id", "name", "email"]),
            ),
        )
        .get()
    )
    allowances = defaultdict(list)
    for data in rows["charter"]:
        row = restored(Allowance, data, tier=Tier, committee=SpecialCommittee)
        allowances[row.item_id].append(row)
    return Evidence(
        allowances,
        [restored(CommitteeSeat, data) for data in rows["held"]],
        [restored(ExceptionalGrant, data, approved_by=User) for data in rows["granted"]],
    )


def evidences(
    units: Iterable[MemberUnit], items: Iterable[BenefitItem], first: dt.date, last: dt.date
) -> dict[int, Evidence]:
    """What can matter for each unit, by its id, in three queries for any number of units."""
    units = list(units)
    within = Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    charter = Allowance.objects.filter(within, starts_on__lte=last, item__in=list(items))
    seats = CommitteeSeat.objects.filter(within, starts_on__lte=last, unit__in=units)
    grants = ExceptionalGrant.objects.filter(within, starts_on__lte=last, unit__in=units)
    allowances = grouped(charter.select_related("tier", "committee").order_by("pk"), "item_id")
    held, granted = (grouped(rows.order_by("pk"), "unit_id") for rows in (seats, grants))
    return {unit.pk: Evidence(allowances, held[unit.pk], granted[unit.pk]) for unit in units}


def grouped(rows: QuerySet, key: str) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def as_json(rows: QuerySet, **related: tuple[type[Model], list[str] | None]) -> ArraySubquery:
    """The rows as one array of objects; a related row is an object within."""
    names = {name: name for name in field_names(rows.model)}
    for relation, (model, chosen) in related.items():
        inner = {name: f"{relation}__{name}" for name in chosen or field_names(model)}
        names[relation] = JSONObject(**inner)
    return ArraySubquery(rows.order_by("pk").values(as_json=JSONObject(**names)))


def restored(model: type[Model], data: dict, **related: type[Model]) -> Model:
    """A row of ``model`` from its JSON, as if the database had returned it."""
    row = from_json(model, data)
    for relation, other in related.items():
        inner = data[relation]
        setattr(row, relation, from_json(other, inner) if inner["id"] is not None else None)
    return row


def from_json(model: type[Model], data: dict) -> Model:
    fields = [field for field in model._meta.concrete_fields if field.attname in data]
    values = [field.to_python(data[field.attname]) for field in fields]
    return model.from_db("default", [field.attname for field in fields], values)


def field_names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]
