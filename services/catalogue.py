"""The services the association offers, with their forms and stages, from ``catalogue.yaml``.

As with the other catalogues, a service that exists is never changed by loading again.
"""

from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from benefits import catalogue
from benefits.models import BenefitItem
from services.models import OfferingQuestion, ServiceOffering, Stage

FILE = Path(__file__).with_name("catalogue.yaml")
LISTS = ("questions", "stages")
OPTIONAL = (
    "name_en",
    "summary",
    "summary_en",
    "guidance",
    "guidance_en",
    "target_working_days",
    "is_for_bulletin",
    *LISTS,
)


@transaction.atomic
def load(path: Path = FILE) -> catalogue.Loaded:
    """Add the services that are not there yet. Raises ``ValidationError``; then nothing is."""
    entries = catalogue.read(path, OPTIONAL)
    items = {item.code: item for item in BenefitItem.objects.all()}
    if missing := [entry["item"] for entry in entries if entry["item"] not in items]:
        raise ValidationError(
            _(
                "%(file)s: the charter has no item %(codes)s. "
                "Load the charter first: manage.py load_charter"
            )
            % {"file": path.name, "codes": ", ".join(missing)}
        )
    existing = set(ServiceOffering.objects.values_list("code", flat=True))
    new = [entry for entry in entries if entry["code"] not in existing]
    for entry in new:
        add(entry, items[entry["item"]])
    return catalogue.Loaded(added=len(new), kept=len(entries) - len(new))


def add(entry: dict, item: BenefitItem) -> None:
    """One service with the questions and stages it starts with."""
    own = {name: value for name, value in entry.items() if name not in ("item", *LISTS)}
    offering = saved(ServiceOffering(benefit_item=item, **own))
    for position, question in enumerate(entry.get("questions", []), start=1):
        choices = "\n".join(question.get("choices", []))
        fields = question | {"choices": choices, "position": position, "offering": offering}
        saved(made(OfferingQuestion, fields, entry["code"]))
    for position, stage in enumerate(entry.get("stages", []), start=1):
        saved(made(Stage, stage | {"position": position, "offering": offering}, entry["code"]))


def made(model: type, fields: dict, code: str):
    """A row of these fields. Raises ``ValidationError`` naming what is not a field."""
    if unknown := unknown_fields(model, fields):
        raise ValidationError(
            _("%(place)s: “%(field)s” is not known.") % {"place": code, "field": unknown[0]}
        )
    return model(**fields)


def unknown_fields(model: type, names: Iterable[str]) -> list[str]:
    known = {field.name for field in model._meta.fields}
    return [name for name in names if name not in known]


def saved(row):
    row.full_clean()
    row.save()
    return row
