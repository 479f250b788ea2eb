"""Rows of other apps that are tied to one benefit item each, from a readable YAML file.

What staff have edited since is left alone: a row that exists is never changed by loading again.
"""

from dataclasses import dataclass
from pathlib import Path

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from benefits.models import BenefitItem

REQUIRED = ("code", "item", "name")


@dataclass(frozen=True)
class Loaded:
    """How many rows a load has added, and how many were there."""

    added: int
    kept: int


@transaction.atomic
def load(model: type, path: Path, optional: tuple[str, ...] = ("name_en",)) -> Loaded:
    """Create the rows of ``model`` that the file names and the database lacks.

    Raises ``ValidationError`` naming the entry and the field, or the item that the charter
    does not have; then nothing is saved.
    """
    entries = read(path, optional)
    items = {item.code: item for item in BenefitItem.objects.all()}
    if missing := [entry["item"] for entry in entries if entry["item"] not in items]:
        raise ValidationError(
            _(
                "%(file)s: the charter has no item %(codes)s. "
                "Load the charter first: manage.py load_charter"
            )
            % {"file": path.name, "codes": ", ".join(missing)}
        )
    existing = set(model.objects.values_list("code", flat=True))
    new = [entry for entry in entries if entry["code"] not in existing]
    for entry in new:
        row = model(
            benefit_item=items[entry["item"]],
            **{name: value for name, value in entry.items() if name != "item"},
        )
        row.full_clean()
        row.save()
    return Loaded(added=len(new), kept=len(entries) - len(new))


def read(path: Path, optional: tuple[str, ...]) -> list[dict]:
    """The file's entries, checked for their shape."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValidationError(f"{path.name}: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValidationError(_("%(file)s: a list of entries is needed.") % {"file": path.name})
    for number, entry in enumerate(entries, start=1):
        check_entry(f"{path.name} #{number}", entry, optional)
    return entries


def check_entry(place: str, entry: dict, optional: tuple[str, ...]) -> None:
    for name in REQUIRED:
        if not entry.get(name):
            raise ValidationError(
                _("%(place)s: “%(field)s” is missing.") % {"place": place, "field": name}
            )
    for name in entry:
        if name not in REQUIRED + optional:
            raise ValidationError(
                _("%(place)s: “%(field)s” is not known.") % {"place": place, "field": name}
            )
