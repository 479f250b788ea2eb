"""重复登记: one organisation was entered twice. All that the duplicate has goes to the row kept.

What goes is found, not listed: every column of every model that names a unit. What cannot go as it
stands, the database says itself, row by row; so a new model needs no line here.

Rules (docs/decisions/0012): two memberships at the same time become one, from the earlier first day
to the later last; of tiers and seats at the same time those of the kept unit count, and the others
fill the days on which it has none; contacts with one address and seats of one person become one; a
row that would be there twice and on which nothing hangs is set aside and kept in the record. All
else that collides stops the whole: a person looks at it first.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _
from pghistory.models import Event

from accounts.models import User
from members.models import (
    CommitteeSeat,
    Contact,
    FoldedDuplicate,
    FormerName,
    MembershipApplication,
    MemberUnit,
    Representative,
    TierAppointment,
)
from members.record import acting
from members.standing import Standing, standing

DAY = dt.timedelta(days=1)
# What the kept row can take from the duplicate.
FIELDS = (
    "name",
    "credit_code",
    "kind",
    "province",
    "address",
    "postcode",
    "phone",
    "website",
)


@dataclass(frozen=True)
class Stop:
    """A row of the duplicate that a person has to look at first."""

    row: models.Model
    what: str


@dataclass
class Outcome:
    """What happens: how many rows of each kind move, which are set aside, what stops it."""

    moved: Counter = field(default_factory=Counter)
    aside: list[models.Model] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    records: list[dict] = field(default_factory=list)

    @property
    def by_kind(self) -> list[tuple[str, int, int]]:
        """Each kind of row with how many move and how many are set aside."""
        aside = Counter(type(row)._meta.label for row in self.aside)
        labels = sorted({*self.moved, *aside})
        return [(kind_of(label), self.moved[label], aside[label]) for label in labels]


@dataclass(frozen=True)
class Preview:
    """The outcome, and the standing of the kept unit on a day before and after."""

    outcome: Outcome
    kept_before: Standing
    duplicate_before: Standing
    kept_after: Standing


class Stopped(ValidationError):
    """Something has to be looked at first: ``stops``."""

    def __init__(self, stops: list[Stop]):
        super().__init__([f"{stop.row}: {stop.what}" for stop in stops])
        self.stops = stops


def columns() -> Iterator[tuple[type[models.Model], models.ForeignKey]]:
    """Every column that names a unit, in any app; what the database recorded stays as it was."""
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, Event) or model._meta.proxy or not model._meta.managed:
            continue
        for column in model._meta.local_concrete_fields:
            target = column.remote_field and column.remote_field.model
            if target and target._meta.concrete_model is MemberUnit:
                yield model, column


@transaction.atomic
def fold(
    *,
    kept: MemberUnit,
    duplicate: MemberUnit,
    take: tuple[str, ...] = (),
    why: str,
    by: User,
    at: dt.datetime,
) -> FoldedDuplicate:
    """Move everything to ``kept``, with the fields ``take`` of the duplicate, and empty the other.

    Raises ``Stopped`` with what a person has to look at, and ``ValidationError`` if one of them is
    a duplicate already.
    """
    with acting(by=by, why=why):
        outcome, name, code = _fold(kept, duplicate, take)
        if outcome.stops:
            raise Stopped(outcome.stops)
        return FoldedDuplicate.objects.create(
            duplicate=duplicate,
            kept=kept,
            name=name,
            credit_code=code,
            why=why,
            moved=dict(outcome.moved),
            set_aside=outcome.records,
            folded_by=by,
            folded_at=at,
        )


def preview(
    *, kept: MemberUnit, duplicate: MemberUnit, take: tuple[str, ...] = (), on: dt.date
) -> Preview:
    """What `fold` would do: it is done, and undone. Raises ``ValidationError`` as it does."""
    with transaction.atomic():
        before = standing(kept, on), standing(duplicate, on)
        outcome, _name, _code = _fold(kept, duplicate, take)
        after = standing(kept, on)
        transaction.set_rollback(True)
    return Preview(outcome, *before, after)


def _fold(
    kept: MemberUnit, duplicate: MemberUnit, take: tuple[str, ...]
) -> tuple[Outcome, str, str]:
    """Do it, as far as nothing stops it. With it the name and code that the duplicate had."""
    rows = MemberUnit.objects.select_for_update().order_by("pk")
    found = {unit.pk: unit for unit in rows.filter(pk__in=[kept.pk, duplicate.pk])}
    kept, duplicate = found[kept.pk], found[duplicate.pk]
    if kept == duplicate:
        raise ValidationError(_("Choose two different rows."))
    if kept.duplicate_of_id or duplicate.duplicate_of_id:
        raise ValidationError(_("One of them was folded into another row before."))
    outcome = Outcome()
    _Joining(kept, duplicate, outcome).join()
    for model, column in columns():
        _move(model, column, kept, duplicate, outcome)
    name, code = duplicate.name, duplicate.credit_code
    _empty(kept, duplicate, take)
    return outcome, name, code


def _empty(kept: MemberUnit, duplicate: MemberUnit, take: tuple[str, ...]) -> None:
    """The duplicate gives up name and code, so that nobody finds it by them; old links still do."""
    given = {name: getattr(duplicate, name) for name in FIELDS if name in take}
    other_name = kept.name if "name" in given else duplicate.name
    duplicate.name = f"{duplicate.name[:100]} #{duplicate.pk}"
    duplicate.credit_code, duplicate.duplicate_of = None, kept
    duplicate.save()
    for name, value in given.items():
        setattr(kept, name, value)
    kept.note = "\n".join(filter(None, [kept.note, duplicate.note]))
    kept.save()
    if other_name != kept.name:
        FormerName.objects.get_or_create(unit=kept, name=other_name)


# --- Row by row ---------------------------------------------------------------------------------


def _move(model, column, kept: MemberUnit, duplicate: MemberUnit, outcome: Outcome) -> None:
    """All rows at once where that is possible; else one by one, and the database says which."""
    rows = model._base_manager.filter(**{column.attname: duplicate.pk})
    label = model._meta.label
    try:
        with transaction.atomic():
            outcome.moved[label] += rows.update(**{column.attname: kept.pk})
        return
    except IntegrityError:
        pass
    for row in rows.order_by("pk"):
        try:
            with transaction.atomic():
                outcome.moved[label] += rows.filter(pk=row.pk).update(**{column.attname: kept.pk})
        except IntegrityError as error:
            _collided(row, error, outcome)


def _collided(row: models.Model, error: IntegrityError, outcome: Outcome) -> None:
    """A row that is there already is set aside, if nothing hangs on it; all else stops."""
    if getattr(error.__cause__, "sqlstate", "") != "23505":  # not a unique constraint
        outcome.stops.append(Stop(row, _("does not go together with what the kept unit has")))
    elif _hangs_on(row) or not _set_aside(row, outcome):
        outcome.stops.append(Stop(row, _("the kept unit has the same; settle one of them first")))


def _hangs_on(row: models.Model) -> bool:
    return any(rows.exists() for _column, rows in _references(row))


def _references(row: models.Model) -> Iterator[tuple[models.Field, models.QuerySet]]:
    """The columns that name the row, each with the rows that do."""
    for relation in row._meta.get_fields(include_hidden=True):
        names_it = relation.auto_created and not relation.concrete and not relation.many_to_many
        if names_it and not issubclass(relation.related_model, Event):
            rows = relation.related_model._base_manager
            yield relation.field, rows.filter(**{relation.field.name: row.pk})


def _set_aside(row: models.Model, outcome: Outcome) -> bool:
    """Delete the row and keep it in the record; ``False`` where the database forbids it."""
    [record] = serializers.serialize("python", [row])
    pk = row.pk
    try:
        with transaction.atomic():
            row.delete()
    except (IntegrityError, ProtectedError, RestrictedError):
        return False
    row.pk = pk
    outcome.aside.append(row)
    outcome.records.append(record)
    return True


def kind_of(label: str) -> str:
    """What rows of the model are called."""
    return str(apps.get_model(label)._meta.verbose_name)


# --- What becomes one ---------------------------------------------------------------------------


class _Joining:
    """Rows of both units that stand for one thing."""

    def __init__(self, kept: MemberUnit, duplicate: MemberUnit, outcome: Outcome):
        self.kept, self.duplicate, self.outcome = kept, duplicate, outcome

    def join(self) -> None:
        self.contacts()
        self.people()
        self.memberships()
        self.days(TierAppointment)
        self.days(CommitteeSeat, "committee_id")

    def absorb(self, row: models.Model, twin: models.Model) -> None:
        """What names the row names its twin from now on; the row is set aside."""
        try:
            with transaction.atomic():
                for column, rows in _references(row):
                    rows.update(**{column.attname: twin.pk})
        except IntegrityError:
            self.stop(row)
        else:
            if not _set_aside(row, self.outcome):
                self.stop(row)

    def stop(self, row: models.Model) -> None:
        said = _("the kept unit has the same; settle one of them first")
        self.outcome.stops.append(Stop(row, said))

    def contacts(self) -> None:
        """One address, one contact, which serves the purposes of both."""
        for row in self.duplicate.contacts.exclude(email=""):
            twin = self.kept.contacts.filter(email__iexact=row.email).first()
            if twin:
                if row.is_active:
                    _serve_both(twin, row)
                self.absorb(row, twin)

    def people(self) -> None:
        """One person, one seat; a manager of either manages the unit that is kept."""
        for row in self.duplicate.representatives.filter(revoked_at__isnull=True):
            seats = self.kept.representatives.filter(revoked_at__isnull=True)
            twin = seats.filter(user=row.user_id).first()
            if twin:
                if row.role == Representative.Role.MANAGER:
                    twin.role = row.role
                    twin.save()
                self.absorb(row, twin)

    def memberships(self) -> None:
        """Two at the same time become one, over the days of both."""
        approved = MembershipApplication.Decision.APPROVED
        for row in self.duplicate.applications.filter(decision=approved):
            own = self.kept.applications.filter(decision=approved).order_by("decided_on")
            twin = next((each for each in own if each.shares_a_day(row)), None)
            if twin:
                self._lengthen(twin, row)

    def _lengthen(self, twin: MembershipApplication, row: MembershipApplication) -> None:
        if row.decided_on < twin.decided_on:
            twin.decided_on, twin.resolution = row.decided_on, row.resolution
        twin.filed_on = min(twin.filed_on, row.filed_on)
        if twin.ended_on and (row.ended_on is None or row.ended_on > twin.ended_on):
            twin.ended_on, twin.ended_because = row.ended_on, row.ended_because
            twin.ended_by = row.ended_by
        try:
            with transaction.atomic():
                twin.save()
        except IntegrityError:  # it would reach into a third one
            self.stop(row)
        else:
            self.absorb(row, twin)

    def days(self, model: type[models.Model], *same: str) -> None:
        """The kept unit's own rows count; those of the duplicate fill the days between."""
        for row in model._base_manager.filter(unit=self.duplicate).order_by("starts_on"):
            alike = {name: getattr(row, name) for name in same}
            own = list(model._base_manager.filter(unit=self.kept, **alike).order_by("starts_on"))
            shared = [each for each in own if each.shares_a_day(row)]
            if shared:
                self._fill(row, shared)

    def _fill(self, row: models.Model, own: list[models.Model]) -> None:
        gaps = list(_gaps(row, own))
        if not gaps:
            self.absorb(row, own[0])
            return
        (row.starts_on, row.ends_on), *more = gaps
        row.save()
        for starts_on, ends_on in more:
            row.pk, row._state.adding = None, True
            row.starts_on, row.ends_on = starts_on, ends_on
            row.save()


def _serve_both(twin: Contact, row: Contact) -> None:
    active = twin.is_active
    roles = {*row.roles, *(twin.roles if active else [])}
    deputy_roles = {*row.deputy_roles, *(twin.deputy_roles if active else [])} - roles
    twin.roles = [role for role in Contact.Role.values if role in roles]
    twin.deputy_roles = [role for role in Contact.Role.values if role in deputy_roles]
    twin.is_active = True
    for name in ("title", "mobile", "address"):
        setattr(twin, name, getattr(twin, name) or getattr(row, name))
    twin.save()


def _gaps(row: models.Model, own: list[models.Model]) -> Iterator[tuple[dt.date, dt.date | None]]:
    """The days of ``row`` that none of ``own`` covers; ``own`` in the order of first days."""
    first, last = row.begins, row.ends
    for each in own:
        if first < each.begins:
            yield first, each.begins - DAY
        if each.ends == dt.date.max:
            return
        first = max(first, each.ends + DAY)
    if first <= last:
        yield first, row.ends_on
