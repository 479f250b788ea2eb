"""Rows of several tables in one query: each table as an array of JSON objects, and back."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DecimalField, Expression, F, Model, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject


def as_json(rows: QuerySet, *relations: str, **parts: list[str]) -> ArraySubquery:
    """The rows, in their order, as one array of objects.

    A related row is an object within: of ``relations`` whole, of ``parts`` the columns named.
    """
    names = columns(rows.model)
    for relation in (*relations, *parts):
        model = rows.model._meta.get_field(relation).related_model
        inner = columns(model, f"{relation}__")
        wanted = parts.get(relation, inner)
        names[relation] = JSONObject(**{name: inner[name] for name in wanted})
    ordered = rows if rows.query.order_by else rows.order_by("pk")
    return ArraySubquery(ordered.values(as_json=JSONObject(**names)))


def columns(model: type[Model], prefix: str = "") -> dict[str, Expression]:
    """Each column by its name. Amounts are texts: a number of JSON is read as a float."""
    return {
        field.attname: Cast(f"{prefix}{field.attname}", TextField())
        if isinstance(field, DecimalField)
        else F(f"{prefix}{field.attname}")
        for field in model._meta.concrete_fields
    }


def restored(model: type[Model], data: dict) -> Model:
    """A row of ``model`` from its JSON, as if the database had returned it, with related rows."""
    fields = [field for field in model._meta.concrete_fields if field.attname in data]
    values = [field.to_python(data[field.attname]) for field in fields]
    row = model.from_db("default", [field.attname for field in fields], values)
    for name in data.keys() - {field.attname for field in fields}:
        other = model._meta.get_field(name).related_model
        setattr(row, name, restored(other, data[name]) if data[name]["id"] is not None else None)
    return row
