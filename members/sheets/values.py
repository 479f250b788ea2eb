"""Values as they are kept beside an imported row, to be compared and put back later."""

import datetime as dt
from decimal import Decimal

from django.db import models

from members.sheets.base import NEW, Row


def snapshot(row: Row) -> dict:
    """What the row did to its object, as the fields of an `ImportedRow`."""
    instance = row.instance
    if row.outcome == NEW:
        return {"object_id": instance.pk, "before": None, "after": everything(instance)}
    before = {attname(instance, name): plain(value) for name, value in row.before.items()}
    after = {name: plain(getattr(instance, name)) for name in before}
    return {"object_id": instance.pk, "before": before, "after": after}


def everything(instance: models.Model) -> dict:
    fields = instance._meta.concrete_fields
    return {each.attname: plain(getattr(instance, each.attname)) for each in fields}


def attname(instance: models.Model, name: str) -> str:
    return instance._meta.get_field(name).attname


def plain(value):
    """The value as JSON has it."""
    if isinstance(value, dt.date | Decimal):
        return str(value)
    if isinstance(value, models.enums.Choices):
        return value.value
    return value


def changed_since(instance: models.Model, after: dict) -> list[models.Field]:
    """The fields that no longer are what the import left."""
    fields = {each.attname: each for each in instance._meta.concrete_fields}
    return [
        fields[name]
        for name, value in after.items()
        if name in fields and plain(getattr(instance, name)) != value
    ]


def put_back(instance: models.Model, before: dict) -> None:
    fields = {each.attname: each for each in instance._meta.concrete_fields}
    for name, value in before.items():
        setattr(instance, name, fields[name].to_python(value))
