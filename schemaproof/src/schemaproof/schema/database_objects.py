"""The values that describe a schema: that of the models, of the history or of a live database.

Everything is frozen, sorted by name and free of database ids, so that two snapshots of equal
schemas are equal values whichever server they were read from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.values import Grant, SqlText, with_modifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table or another relation."""

    name: str
    position: int = field(compare=False)
    """The position among the columns of its table, from 1; it is never compared."""
    type: str
    """Base type, without length and precision."""
    type_modifier: str | None = None
    """Length, precision or interval fields, as printed: ``(100)``, ``(10,2)``."""
    nullable: bool = True
    no_inherit: bool = False
    """A NOT NULL that children do not inherit (PostgreSQL 18)."""
    default: SqlText | None = None
    identity: str | None = None
    """``ALWAYS`` or ``BY DEFAULT``."""
    generated: SqlText | None = None
    """Expression and kind of a generated column."""
    collation: str | None = None
    """Only when it differs from the collation of the type."""
    storage: str | None = None
    """Only when it differs from the storage of the type."""
    compression: str | None = None
    statistics: int | None = None
    """Statistics target, when it is not the server's default."""
    options: str | None = None
    """Attribute options, and those of a foreign table's column."""
    privileges: tuple[Grant, ...] | None = None
    comment: str | None = None

    @property
    def full_type(self) -> str:
        """The type with its modifier where PostgreSQL writes it."""
        return with_modifier(self.type, self.type_modifier)

    @property
    def nullability(self) -> str:
        """``NULL`` or ``NOT NULL``, as in SQL."""
        if self.nullable:
            return "NULL"
        return "NOT NULL NO INHERIT" if self.no_inherit else "NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A primary key, unique, foreign key, check or exclusion constraint."""

    name: str
    kind: str
    definition: SqlText
    validated: bool = True
    """False for NOT VALID: rows that were there before may violate it."""
    disabled_on: str | None = None
    """The tables on which the triggers that enforce it are switched off."""
    inherited: bool = False
    """Whether it comes from a parent table."""
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
    parent: str | None = None
    """The partitioned index that it is attached to."""
    clustered: bool = False
    """Whether CLUSTER orders the table by it."""
    tablespace: str | None = None
    statistics: str | None = None
    """Statistics targets of its expressions, as ``column: target``."""
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseObject:
    """Any other object: its name, and the statement that creates it.

    Attributes:
        kind: The kind, as the codes of findings begin: ``trigger``, ``function``, ``enum``.
        name: The name within its table, schema or database, quoted as SQL writes it.
        definition: The statement that creates it.
        enabled: The state of a trigger, event trigger or rule, if it is not the usual one.
        inherited: Whether it is inherited from the partitioned table.
        owner: The part that its owner plays, if not the usual one.
        privileges: The privileges on it, if they are not the default ones.
        comment: Its comment.
        holder: The name of the role whose new objects are meant, for default privileges; it serves
            a repair only.
        optional: Whether each environment may have it or not, so that it is never unexpected.
    """

    kind: str
    name: str
    definition: SqlText
    enabled: str | None = None
    inherited: bool = False
    owner: str | None = None
    privileges: tuple[Grant, ...] | None = None
    comment: str | None = None
    holder: str | None = field(default=None, compare=False)
    optional: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table, view, partitioned table or foreign table."""

    name: str
    kind: str = "table"
    definition: SqlText | None = None
    """The query of a view; server and options of a foreign table."""
    persistence: str | None = None
    """``unlogged``, when it is not permanent."""
    partition_key: SqlText | None = None
    partition_of: SqlText | None = None
    """The partitioned table and the bounds, when it is a partition."""
    inherits: str | None = None
    of_type: str | None = None
    access_method: str | None = None
    """Only when it is not heap."""
    tablespace: str | None = None
    """Only when it is not the database's."""
    options: str | None = None
    """Storage parameters, those of its TOAST table too; the options of a view."""
    row_security: str | None = None
    """``enabled``, ``enabled and forced``."""
    replica_identity: str | None = None
    """Only when it is not the primary key."""
    populated: bool = True
    """False for a materialized view WITH NO DATA: it cannot be queried."""
    owner: str | None = None
    """The part that the owner plays, when it is not the owner of the schema."""
    privileges: tuple[Grant, ...] | None = None
    comment: str | None = None
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    objects: tuple[DatabaseObject, ...] = ()
    """Triggers, policies, rules and extended statistics."""


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
    owned_by: ObjectPath | None = None
    """The column it belongs to, as ``schema.table.column``."""
    persistence: str | None = None
    owner: str | None = None
    privileges: tuple[Grant, ...] | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema (namespace) with the objects in scope."""

    name: str
    owner: str | None = None
    owner_role: str | None = field(default=None, compare=False)
    """The name of its owner, which serves a repair only."""
    privileges: tuple[Grant, ...] | None = None
    comment: str | None = None
    relations: tuple[Relation, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    objects: tuple[DatabaseObject, ...] = ()
    """Types, routines, operators, text search objects, default privileges."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The contents of one database, as far as they are in scope.

    Attributes:
        schemas: The schemas.
        objects: The objects in no schema: extensions, publications, casts, event triggers.
        major: The server's major version; views are printed differently before 16.
        owner_role: The name of the database's owner, which serves a repair only.
    """

    schemas: tuple[Schema, ...] = ()
    objects: tuple[DatabaseObject, ...] = ()
    major: int | None = field(default=None, compare=False)
    owner_role: str | None = field(default=None, compare=False)

    def object_names(self) -> Iterator[tuple[str, str]]:
        """Yield (schema, name) of every object; (kind, name) of objects that are in no schema."""
        yield from ((thing.kind, thing.name) for thing in self.objects)
        yield from self.relation_names()
        for schema in self.schemas:
            yield from ((schema.name, one.name) for one in schema.sequences)
            yield from ((schema.name, one.name) for one in schema.objects)

    def relation_names(self) -> Iterator[tuple[str, str]]:
        """Yield (schema, name) of every relation."""
        for schema in self.schemas:
            for relation in schema.relations:
                yield schema.name, relation.name

    def all_relations(self) -> Iterator[tuple[ObjectPath, Relation]]:
        """Yield every relation, after its path."""
        for schema in self.schemas:
            for relation in schema.relations:
                yield path(schema.name, relation.name), relation

    def all_columns(self) -> Iterator[tuple[ObjectPath, Column]]:
        """Yield every column, after its path."""
        for where, relation in self.all_relations():
            for column in relation.columns:
                yield path(*where.names, column.name), column

    def all_sequences(self) -> Iterator[tuple[ObjectPath, Sequence]]:
        """Yield every sequence, after its path."""
        for schema in self.schemas:
            for sequence in schema.sequences:
                yield path(schema.name, sequence.name), sequence

    def only(self, schemas: tuple[str, ...]) -> Snapshot:
        """Return the parts of the snapshot in these schemas and in the database itself."""
        return replace(self, schemas=tuple(one for one in self.schemas if one.name in schemas))
