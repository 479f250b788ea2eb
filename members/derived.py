"""Joining a queryset to the rows of another one, computed once: `JOIN (SELECT …) ON …`.

Django's ORM repeats an annotation wherever it is used; a join lets one row be computed once and
used in many columns. Only the few attributes that `django.db.models.sql` asks of a join are here.
"""

from django.db.models import Field, QuerySet
from django.db.models.expressions import Col
from django.db.models.sql.constants import LOUTER
from django.db.models.sql.datastructures import BaseTable


class DerivedJoin(BaseTable):
    """``LEFT JOIN (rows) alias ON on = alias.key``, the rows left as they are by the planner."""

    def __init__(self, name: str, rows: QuerySet, key: str, on: Col):
        self.name, self.rows, self.key, self.on = name, rows, key, on
        self.table_name, self.parent_alias, self.table_alias = name, on.alias, None
        self.join_type, self.nullable = LOUTER, True
        self.filtered_relation = None

    @property
    def identity(self) -> tuple:
        return self.__class__, self.name, id(self.rows)

    def __eq__(self, other) -> bool:
        return isinstance(other, DerivedJoin) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def equals(self, other) -> bool:
        return self == other

    def as_sql(self, compiler, connection) -> tuple[str, tuple]:
        rows, row_params = self.rows.query.clone().get_compiler(connection=connection).as_sql()
        on, on_params = compiler.compile(self.on)
        quote = compiler.quote_name_unless_alias
        # OFFSET 0 keeps the planner from merging the rows back into the query and repeating them.
        sql = (
            f"{self.join_type} ({rows} OFFSET 0) "
            f"{quote(self.table_alias)} ON ({on} = {quote(self.table_alias)}.{quote(self.key)})"
        )
        return sql, (*row_params, *on_params)

    def relabeled_clone(self, change_map: dict) -> "DerivedJoin":
        clone = DerivedJoin(self.name, self.rows, self.key, self.on.relabeled_clone(change_map))
        clone.table_alias = change_map.get(self.table_alias, self.table_alias)
        return clone

    def demote(self):
        return self

    def promote(self):
        return self


def join_rows(queryset: QuerySet, rows: QuerySet, *, name: str, key: str, on: str) -> QuerySet:
    """``queryset`` joined to ``rows``, a ``values()`` queryset with one row at most for each key.

    ``on``, a field or an alias of ``queryset``, equals the rows' ``key``; what has no row stays.
    Each other column of the rows becomes an alias ``<name>_<column>`` to build upon.
    """
    queryset = queryset.all()
    query = queryset.query
    query.get_initial_alias()
    join = DerivedJoin(name, rows, key, query.resolve_ref(on))
    alias = query.join(join)
    columns = [*rows.query.values_select, *rows.query.annotation_select]
    return queryset.alias(
        **{
            f"{name}_{column}": Col(alias, output_field(rows, column))
            for column in columns
            if column != key
        }
    )


def output_field(rows: QuerySet, column: str) -> Field:
    """A field that reads the column from the joined rows."""
    annotation = rows.query.annotations.get(column)
    source = annotation.output_field if annotation else rows.model._meta.get_field(column)
    field = source.clone()
    field.set_attributes_from_name(column)
    field.model = rows.model
    return field
