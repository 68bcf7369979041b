"""The content of the page of a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from schemaproof.diagram.references import FOREIGN_KEY, Reference, primary_key
from schemaproof.schema.database_objects import Column, Constraint, Index, Relation
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema_pages.index_uses import uses


class Size(Protocol):
    """The size of a table."""

    @property
    def rows(self) -> int:
        """The estimated number of rows."""

    @property
    def table_bytes(self) -> int:
        """The size of the table without its indexes."""

    @property
    def index_bytes(self) -> int:
        """The size of the indexes."""


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """A column, as the page of its table shows it.

    Attributes:
        column: The column.
        type: The type, with its length and precision.
        value: The value of new rows: the default, the generated expression or the identity.
        primary: Whether it belongs to the primary key.
        targets: The references in which it takes part.
    """

    column: Column
    type: str
    value: str
    primary: bool
    targets: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An index and its uses."""

    index: Index
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TablePage:
    """The content of the page of a table.

    Attributes:
        path: Its path.
        relation: The table.
        columns: Its columns, in their order.
        constraints: Its constraints but for the foreign keys.
        refers: The references from the table.
        referred: The references to the table.
        indexes: Its indexes.
        size: Its size; None if no database was read.
    """

    path: ObjectPath
    relation: Relation
    columns: tuple[ColumnEntry, ...]
    constraints: tuple[Constraint, ...]
    refers: tuple[Reference, ...]
    referred: tuple[Reference, ...]
    indexes: tuple[IndexEntry, ...]
    size: Size | None


def table_page(
    path: ObjectPath, relation: Relation, references: Collection[Reference], size: Size | None
) -> TablePage:
    """Return the content of the page of a table.

    Args:
        path: Its path.
        relation: The table.
        references: All references of the schema.
        size: Its size.
    """
    refers = tuple(one for one in references if one.source == path)
    keys = tuple(one for one in refers if one.kind == FOREIGN_KEY)
    columns = sorted(relation.columns, key=lambda one: one.position)
    primary = primary_key(relation)
    return TablePage(
        path=path,
        relation=relation,
        columns=tuple(_column(one, primary, refers) for one in columns),
        constraints=tuple(one for one in relation.constraints if one.kind != FOREIGN_KEY),
        refers=refers,
        referred=tuple(one for one in references if one.target == path),
        indexes=tuple(IndexEntry(one, uses(one, relation, keys)) for one in relation.indexes),
        size=size,
    )


def _column(column: Column, primary: Collection[str], refers: Iterable[Reference]) -> ColumnEntry:
    generated = f"generated: {column.generated}" if column.generated else ""
    identity = f"identity, {column.identity.lower()}" if column.identity else ""
    value = generated or identity or str(column.default or "")
    targets = tuple(one for one in refers if column.name in one.columns)
    return ColumnEntry(column, column.full_type, value, column.name in primary, targets)
