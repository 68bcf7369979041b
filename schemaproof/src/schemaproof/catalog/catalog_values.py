"""Convert catalog rows to values, in the same way for both sides of a comparison."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Index,
    Relation,
    Sequence,
)
from schemaproof.schema.paths import path
from schemaproof.schema.values import Grant, SqlText

Record = Any
"""A catalog row, whose columns are attributes."""


@dataclass(frozen=True, slots=True)
class Access:
    """Owner and grants of one object."""

    owner: str | None = None
    owner_role: str | None = None
    privileges: tuple[Grant, ...] | None = None


_USUAL: Final = Access()


@dataclass(frozen=True, slots=True)
class AccessOf:
    """Owner and grants of every object that has them, by catalog, oid and number of the column."""

    by_object: Mapping[tuple[str, int, int], Access]

    def __call__(self, catalog: str, oid: int, sub: int = 0) -> Access:
        """Return those of one object, or of one column."""
        return self.by_object.get((catalog, oid, sub), _USUAL)

    @property
    def owner_of_database(self) -> str | None:
        """The name of the role that owns the database."""
        owners = (one for (catalog, *_), one in self.by_object.items() if catalog == "pg_database")
        return next((one.owner_role for one in owners), None)


def access(row: Record) -> Access:
    """Return owner and grants."""
    return Access(row.owner, row.owner_role, _grants(row.grants))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The parts of each relation by its oid; nothing for a relation without parts."""

    columns: Mapping[int, tuple[Column, ...]]
    constraints: Mapping[int, tuple[Constraint, ...]]
    indexes: Mapping[int, tuple[Index, ...]]
    objects: Mapping[int, tuple[DatabaseObject, ...]]


def relation(row: Record, own: Access, contents: Contents) -> Relation:
    """Return a relation with its parts."""
    oid = row.oid
    return Relation(
        name=row.name,
        kind=row.kind,
        definition=_text(row.definition),
        persistence=row.persistence,
        partition_key=_text(row.partition_key),
        partition_of=_text(row.partition_of),
        inherits=row.inherits,
        of_type=row.of_type,
        access_method=row.access_method,
        tablespace=row.tablespace,
        options=row.options,
        row_security=row.row_security,
        replica_identity=row.replica_identity,
        populated=row.populated,
        owner=own.owner,
        privileges=own.privileges,
        comment=row.comment,
        columns=contents.columns.get(oid, ()),
        constraints=contents.constraints.get(oid, ()),
        indexes=contents.indexes.get(oid, ()),
        objects=contents.objects.get(oid, ()),
    )


def column(row: Record, position: int, access: AccessOf) -> Column:
    """Return a column, with the position in its table."""
    return Column(
        name=row.name,
        position=position,
        type=row.type,
        type_modifier=_type_modifier(row.type, row.full_type),
        nullable=row.nullable,
        no_inherit=row.no_inherit,
        default=_text(row.default),
        identity=row.identity,
        generated=_text(row.generated),
        collation=row.collation,
        storage=row.storage,
        compression=row.compression,
        statistics=row.statistics,
        options=row.options,
        privileges=access("pg_class", row.relation, row.number).privileges,
        comment=row.comment,
    )


def constraint(row: Record) -> Constraint:
    """Return a constraint."""
    return Constraint(
        name=row.name,
        kind=row.kind,
        definition=SqlText((row.definition,)),
        validated=row.validated,
        disabled_on=row.disabled_on,
        inherited=row.inherited,
        comment=row.comment,
    )


def index(row: Record) -> Index:
    """Return an index."""
    return Index(
        name=row.name,
        definition=SqlText((row.definition,)),
        valid=row.valid,
        constraint=row.constraint,
        parent=row.parent,
        clustered=row.clustered,
        tablespace=row.tablespace,
        statistics=row.statistics,
        comment=row.comment,
    )


def sequence(row: Record, access: AccessOf) -> Sequence:
    """Return a sequence."""
    owner = (row.owner_schema, row.owner_relation, row.owner_column)
    own = access("pg_class", row.oid)
    return Sequence(
        name=row.name,
        type=row.type,
        start=row.start,
        increment=row.increment,
        minimum=row.minimum,
        maximum=row.maximum,
        cache=row.cache,
        cycle=row.cycle,
        owned_by=None if row.owner is None else path(*owner),
        persistence=row.persistence,
        owner=own.owner,
        privileges=own.privileges,
        comment=row.comment,
    )


def database_object(row: Record, access: AccessOf) -> DatabaseObject:
    """Return any other object."""
    own = access(row.catalog, row.oid)
    return DatabaseObject(
        kind=row.kind,
        name=row.name,
        definition=SqlText((row.definition.rstrip("\n"),)),
        enabled=row.enabled,
        inherited=row.inherited,
        owner=own.owner,
        privileges=own.privileges,
        comment=row.comment,
    )


def default_privileges(row: Record) -> DatabaseObject:
    """Return the default privileges of a role, which are an object of their own."""
    return DatabaseObject(
        kind="default-privileges",
        name=row.name,
        definition=SqlText((row.definition,)),
        privileges=_grants(row.grants),
        holder=row.holder,
        optional=row.optional,
    )


def _grants(grants: list[list[str]] | None) -> tuple[Grant, ...] | None:
    return None if grants is None else tuple(Grant(*grant) for grant in grants)


def _type_modifier(base: str, full: str | None) -> str | None:
    """What the modifier adds to the base type.

    >>> _type_modifier("character varying", "character varying(100)")
    '(100)'
    >>> _type_modifier("timestamp with time zone", "timestamp(3) with time zone")
    '(3)'
    >>> _type_modifier("interval", "interval day to second(3)")
    'day to second(3)'
    >>> _type_modifier("interval[]", "interval day to second(3)[]")
    'day to second(3)'
    """
    if full is None or full == base:
        return None
    base, full = base.removesuffix("[]"), full.removesuffix("[]")
    if full.startswith(base):
        return full.removeprefix(base).strip()
    before, _, rest = full.partition("(")
    numbers, _, after = rest.partition(")")
    return f"({numbers})" if before + after == base else full


def _text(printed: str | None) -> SqlText | None:
    return SqlText((printed,)) if printed else None
