"""The value type of all three descriptions of a schema: models, history and live database.

Everything is frozen, sorted by name and free of database ids, so that two snapshots of equal
schemas are equal values whichever server they were read from.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SqlText:
    """An expression or a definition, as PostgreSQL prints it.

    PostgreSQL may print the same thing in more than one way (once when it was created, differently
    after dump and restore). All known prints are kept; two texts are the same when they share one.
    """

    prints: tuple[str, ...]

    def same_as(self, other: SqlText) -> bool:
        """Whether both are prints of the same thing."""
        return not set(self.prints).isdisjoint(other.prints)

    def __str__(self) -> str:
        return self.prints[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column."""

    name: str
    position: int = field(compare=False)
    """Among the columns of its table, from 1; information that is never compared."""
    type: str
    """Base type, without length and precision."""
    type_modifier: str | None = None
    """Length, precision or interval fields, as printed: ``(100)``, ``(10,2)``."""
    nullable: bool = True
    default: SqlText | None = None
    identity: str | None = None
    """``ALWAYS`` or ``BY DEFAULT``."""
    generated: SqlText | None = None
    """Expression and kind of a generated column."""
    collation: str | None = None
    """Only when it differs from the collation of the type."""
    comment: str | None = None

    @property
    def nullability(self) -> str:
        """``NULL`` or ``NOT NULL``, as SQL says it."""
        return "NULL" if self.nullable else "NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A primary key, unique, foreign key, check or exclusion constraint."""

    name: str
    kind: str
    definition: SqlText
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index, also the one behind a constraint."""

    name: str
    definition: SqlText
    valid: bool = True
    """False after a CREATE INDEX CONCURRENTLY that failed: it is kept up to date and never used."""
    constraint: str | None = None
    """The constraint that owns it."""
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table, or what stands in its place: a view, a partitioned or foreign table."""

    name: str
    kind: str = "table"
    comment: str | None = None
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A sequence; its position is data and not part of the schema."""

    name: str
    type: str
    start: int
    increment: int
    minimum: int
    maximum: int
    cache: int
    cycle: bool = False
    owned_by: str | None = None
    """The column it belongs to, as ``schema.table.column``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema (namespace) with the objects in scope."""

    name: str
    comment: str | None = None
    relations: tuple[Relation, ...] = ()
    sequences: tuple[Sequence, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one database contains, as far as it is in scope."""

    schemas: tuple[Schema, ...] = ()

    def object_names(self) -> Iterator[tuple[str, str]]:
        """Yield (schema, name) of every relation and sequence."""
        for schema in self.schemas:
            for relation in schema.relations:
                yield schema.name, relation.name
            for sequence in schema.sequences:
                yield schema.name, sequence.name

    def only(self, schemas: Container[str]) -> Snapshot:
        """Return what the snapshot holds of these schemas."""
        return Snapshot(tuple(schema for schema in self.schemas if schema.name in schemas))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which objects of a database are looked at.

    In a managed schema everything is ours. In a shared schema only the relations and sequences
    named in ``own`` are looked at (all of them when ``own`` is None, as in a scratch database,
    where nothing else exists). ``ignored`` names objects as ``schema.name``; ``*`` and ``?`` are
    wildcards.
    """

    managed: tuple[str, ...]
    shared: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    own: frozenset[tuple[str, str]] | None = None
