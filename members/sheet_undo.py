"""Whether an import can be taken back, what stands against it, and taking it back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _

from members.models import ImportedRow, SheetImport
from members.sheets import SHEETS
from members.sheets.values import changed_since, put_back

CHUNK = 1000


@dataclass(frozen=True)
class Obstacle:
    """A row that cannot be taken back, and why."""

    row: int
    name: str
    why: str


@dataclass(frozen=True)
class Prospect:
    """What undoing would do: objects that go, objects that get back what they were."""

    removed: int
    restored: int
    obstacles: list[Obstacle]


def prospect(sheet: SheetImport) -> Prospect:
    """What undoing the saved import would do, as things stand."""
    rows = sheet.imported
    return Prospect(
        removed=rows.filter(before__isnull=True).count(),
        restored=rows.filter(before__isnull=False).count(),
        obstacles=list(obstacles(sheet)),
    )


def obstacles(sheet: SheetImport, *, lock: bool = False) -> Iterator[Obstacle]:
    """Rows whose objects were changed since, or on which other rows rest by now.

    With ``lock`` the objects are held until the transaction ends, so that nothing comes to rest
    on them meanwhile.
    """
    objects = SHEETS[sheet.subject].model.objects.order_by("pk")
    if lock:
        list(objects.filter(pk__in=ids(sheet.imported)).select_for_update().values_list("pk"))
    resting = resting_upon(sheet)
    for rows in chunks(sheet.imported.order_by("row")):
        found = objects.in_bulk([each.object_id for each in rows])
        for row in rows:
            instance = found.get(row.object_id)
            if instance and (why := reason(row, instance, resting)):
                yield Obstacle(row.row, str(instance), why)


def reason(row: ImportedRow, instance: models.Model, resting: dict[int, list[str]]) -> str:
    if changed := changed_since(instance, row.after):
        names = "、".join(str(each.verbose_name) for each in changed)
        return _("Changed since: %(what)s.") % {"what": names}
    if row.is_new and (kinds := resting.get(row.object_id)):
        return _("It is in use by now: %(what)s.") % {"what": "、".join(kinds)}
    return ""


def resting_upon(sheet: SheetImport) -> dict[int, list[str]]:
    """What refers to the objects that are new, by object: one question for each kind."""
    new = ids(sheet.imported.filter(before__isnull=True))
    found: dict[int, list[str]] = {}
    for relation in SHEETS[sheet.subject].model._meta.get_fields(include_hidden=True):
        if not is_reference(relation):
            continue
        name = relation.field.attname
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": new})
        kind = str(relation.related_model._meta.verbose_name)
        for pk in rows.order_by().values_list(name, flat=True).distinct():
            found.setdefault(pk, []).append(kind)
    return found


def is_reference(relation) -> bool:
    """Whether rows of another table point here and are held to it; the record's do not."""
    points_here = relation.one_to_many or relation.one_to_one
    if not (points_here and relation.auto_created and not relation.concrete):
        return False
    return relation.on_delete is not models.DO_NOTHING


def take_back(sheet: SheetImport, tell: Callable[..., None]) -> None:
    """Remove what is new, then restore what was changed; nothing stands against it."""
    manager, done = SHEETS[sheet.subject].model.objects, 0
    for rows in chunks(sheet.imported.filter(before__isnull=True)):
        manager.filter(pk__in=[each.object_id for each in rows]).delete()
        tell(done=(done := done + len(rows)))
    for rows in chunks(sheet.imported.filter(before__isnull=False)):
        restore(manager, rows)
        tell(done=(done := done + len(rows)))


def restore(manager: models.Manager, rows: list[ImportedRow]) -> None:
    found = manager.in_bulk([each.object_id for each in rows])
    for row in rows:
        if instance := found.get(row.object_id):
            put_back(instance, row.before)
    overwrite(manager, found.values(), {name for row in rows for name in row.before})


def overwrite(manager: models.Manager, instances, attnames: set[str]) -> None:
    """One statement for all: `bulk_update` would write a CASE for each row and field."""
    instances = list(instances)
    if not instances:
        return
    fields = manager.model._meta.concrete_fields
    manager.bulk_create(
        instances,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=[each.name for each in fields if {each.name, each.attname} & attnames],
    )


def ids(rows: models.QuerySet) -> models.QuerySet:
    return rows.order_by().values("object_id")


def chunks(rows: models.QuerySet) -> Iterator[list[ImportedRow]]:
    """In the order of the file, so many at a time."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk
