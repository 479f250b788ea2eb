"""What was done to a unit and to all that is kept of it: read from what the database recorded."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.formats import localize
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from pghistory.models import Events

from accounts.models import User

PAGE = 50
UNTOLD = {"id", "unit"}  # said elsewhere on the page, or of no use to a reader


@dataclass(frozen=True)
class Change:
    """A field by its name, and its values before and after in words; empty for nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One row that an act added, changed or removed. ``label`` is insert, update or delete."""

    at: dt.datetime
    who: str
    why: str
    label: str
    what: str
    pk: str
    changes: tuple[Change, ...]


def history_of(row: models.Model, *, start: int = 0) -> tuple[list[Entry], int | None]:
    """What was done to one row, the newest first: `PAGE` entries from ``start`` on.

    With it, where the next page starts, or ``None`` at the end.
    """
    return _page([Events.objects.tracks(row)], start)


def history_of_unit(unit: models.Model, *, start: int = 0) -> tuple[list[Entry], int | None]:
    """What was done to the unit and to every recorded row that belongs to it, as `history_of`.

    Among them what rests on its rows: the receipts for its payments, the steps of its applications.
    """
    below = [list(unit.payments.all()), list(unit.applications.all())]
    owners = [unit, *filter(None, below)]
    return _page([Events.objects.references(each) for each in owners], start)


def _page(sources: list[models.QuerySet], start: int) -> tuple[list[Entry], int | None]:
    """An event that stands in several sources is one."""
    end = start + PAGE + 1
    newest = (events.order_by("-pgh_created_at", "-pgh_slug")[:end] for events in sources)
    merged = {event.pgh_slug: event for events in newest for event in events}
    by_time = sorted(
        merged.values(), key=lambda event: (event.pgh_created_at, event.pgh_slug), reverse=True
    )
    found = by_time[start:end]
    shown = found[:PAGE]
    names = _names(shown)
    more = start + PAGE if len(found) > PAGE else None
    return [_entry(event, names) for event in shown], more


def _entry(event: Events, names: dict) -> Entry:
    model = apps.get_model(event.pgh_obj_model)
    context = event.pgh_context or {}
    return Entry(
        at=event.pgh_created_at,
        who=names[User].get(str(context.get("user")), ""),
        why=context.get("why") or "",
        label=event.pgh_label,
        what=str(model._meta.verbose_name),
        pk=event.pgh_obj_id,
        changes=tuple(_changes(event, model, names)),
    )


def _changes(event: Events, model: type[models.Model], names: dict) -> Iterable[Change]:
    """For an update what differs; for the rest everything the row said."""
    for field, (old, new) in _pairs(event, model).items():
        before, after = (_said(field, value, names) for value in (old, new))
        if before != after:
            yield Change(str(field.verbose_name), before, after)


def _pairs(event: Events, model: type[models.Model]) -> dict[models.Field, tuple]:
    if event.pgh_label == "update":
        pairs = event.pgh_diff or {}
    else:
        is_new = event.pgh_label == "insert"
        pairs = {
            name: (None, value) if is_new else (value, None)
            for name, value in event.pgh_data.items()
        }
    return {
        field: pairs[field.attname]
        for field in model._meta.concrete_fields
        if field.attname in pairs and field.name not in UNTOLD
    }


def _said(field: models.Field, value, names: dict) -> str:
    """The value as a person would say it."""
    if value in (None, "", []):
        return ""
    if field.is_relation:
        return names[field.related_model].get(str(value), str(value))
    if isinstance(field, ArrayField):
        choices = dict(field.base_field.flatchoices)
        return "、".join(str(choices.get(each, each)) for each in value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _written(field.to_python(value))


def _written(value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(get_default_timezone()):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, dt.date) else str(localize(value))


def _names(events: list[Events]) -> dict[type[models.Model], dict[str, str]]:
    """The rows that the events name, by model and id: one query a model."""
    wanted = defaultdict(set, {User: set()})
    for event in events:
        wanted[User].add((event.pgh_context or {}).get("user"))
        for field, pair in _pairs(event, apps.get_model(event.pgh_obj_model)).items():
            if field.is_relation:
                wanted[field.related_model].update(pair)
    return {
        model: {str(row.pk): str(row) for row in model._base_manager.filter(pk__in=ids - {None})}
        for model, ids in wanted.items()
    }
