"""Rows of several tables in one query: each table as an array of JSON objects, and back."""

import json
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, JSONField, Model, QuerySet
from django.db.models.functions import JSONObject


class Exactly(json.JSONDecoder):
    """Amounts are no floats."""

    def __init__(self, **options):
        super().__init__(**options | {"parse_float": Decimal})


class WholeRow(Func):
    """The row to which a column belongs, as one object: building it asks for no list of columns."""

    output_field = JSONField(decoder=Exactly)

    def as_sql(self, compiler, connection, **_context):
        [column] = self.get_source_expressions()
        return f"to_jsonb({compiler.quote_name_unless_alias(column.alias)})", []


def as_json(rows: QuerySet, *relations: str, **parts: list[str]) -> ArraySubquery:
    """The rows, in their order, as one array of objects.

    A related row stands beside it: of ``relations`` whole, of ``parts`` the columns named.
    """
    ordered = rows if rows.query.order_by else rows.order_by("pk")
    beside = {name: WholeRow(F(f"{name}__{own_column(rows.model, name)}")) for name in relations}
    beside |= {
        name: JSONObject(**{column: F(f"{name}__{column}") for column in columns})
        for name, columns in parts.items()
    }
    row = JSONObject(row=WholeRow(F("pk")), **beside)
    row.output_field = WholeRow.output_field
    return ArraySubquery(ordered.values(as_json=row))


def own_column(model: type[Model], relation: str) -> str:
    """Some column that only the related row has: its key is read from this side."""
    fields = model._meta.get_field(relation).related_model._meta.concrete_fields
    return next(field.attname for field in fields if not field.primary_key)


def restored(model: type[Model], data: dict) -> Model:
    """A row of ``model`` from its JSON, as if the database had returned it, with what is beside."""
    row = from_json(model, data["row"])
    for name in data.keys() - {"row"}:
        inner = data[name]
        is_there = inner is not None and inner["id"] is not None
        other = model._meta.get_field(name).related_model
        setattr(row, name, from_json(other, inner) if is_there else None)
    return row


def from_json(model: type[Model], data: dict) -> Model:
    fields = [field for field in model._meta.concrete_fields if field.column in data]
    values = [field.to_python(data[field.column]) for field in fields]
    return model.from_db("default", [field.attname for field in fields], values)
