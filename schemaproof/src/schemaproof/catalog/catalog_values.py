"""Convert catalog rows to values, in the same way for both sides of a comparison."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar, get_args, get_type_hints

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

_T = TypeVar("_T")
Record = Any
"""A row of a catalog query, with its columns as attributes."""


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
        """Return the access of one object, or of one column."""
        return self.by_object.get((catalog, oid, sub), _USUAL)

    @property
    def owner_of_database(self) -> str | None:
        """The name of the role that owns the database."""
        owners = (one for (catalog, *_), one in self.by_object.items() if catalog == "pg_database")
        return next((one.owner_role for one in owners), None)


def access(row: Record) -> Access:
    """Return the owner and the grants of an object from a row."""
    return Access(row.owner, row.owner_role, _grants(row.grants))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The parts of each relation, by its oid; a relation without parts has no entry."""

    columns: Mapping[int, tuple[Column, ...]]
    constraints: Mapping[int, tuple[Constraint, ...]]
    indexes: Mapping[int, tuple[Index, ...]]
    objects: Mapping[int, tuple[DatabaseObject, ...]]


def relation(row: Record, own: Access, contents: Contents) -> Relation:
    """Return a relation from its row and its parts."""
    oid = row.oid
    return _value(
        Relation,
        row,
        owner=own.owner,
        privileges=own.privileges,
        columns=contents.columns.get(oid, ()),
        constraints=contents.constraints.get(oid, ()),
        indexes=contents.indexes.get(oid, ()),
        objects=contents.objects.get(oid, ()),
    )


def column(row: Record, position: int, access: AccessOf) -> Column:
    """Return a column from its row, with the position in its table."""
    return _value(
        Column,
        row,
        position=position,
        type_modifier=_type_modifier(row.type, row.full_type),
        privileges=access("pg_class", row.relation, row.number).privileges,
    )


def constraint(row: Record) -> Constraint:
    """Return a constraint from its row."""
    return _value(Constraint, row)


def index(row: Record) -> Index:
    """Return an index from its row."""
    return _value(Index, row)


def sequence(row: Record, access: AccessOf) -> Sequence:
    """Return a sequence from its row."""
    owner = (row.owner_schema, row.owner_relation, row.owner_column)
    owned_by = None if row.owner is None else path(*owner)
    own = access("pg_class", row.oid)
    return _value(Sequence, row, owned_by=owned_by, owner=own.owner, privileges=own.privileges)


def database_object(row: Record, access: AccessOf) -> DatabaseObject:
    """Return any other object from its row."""
    own = access(row.catalog, row.oid)
    return _value(
        DatabaseObject,
        row,
        definition=SqlText((row.definition.rstrip("\n"),)),
        owner=own.owner,
        privileges=own.privileges,
        holder=None,
        optional=False,
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
    """Return the modifier of a type, such as its length.

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


def _value(kind: type[_T], row: Record, **others: Any) -> _T:
    """Return a value whose fields are the columns of the same names, except ``others``."""
    make: Any = kind
    names, read, texts = _columns(make, tuple(others))
    given = dict(zip(names, read(row), strict=True))
    for name in texts:
        given[name] = SqlText((printed,)) if (printed := given[name]) else None
    made: _T = make(**given, **others)
    return made


@cache
def _columns(
    kind: Any, others: tuple[str, ...]
) -> tuple[tuple[str, ...], Callable[[Record], tuple[Any, ...]], tuple[str, ...]]:
    """Return the fields that are columns of a row, their reader, and the fields that hold SQL."""
    hints = get_type_hints(kind)
    names = tuple(one.name for one in fields(kind) if one.name not in others)
    texts = tuple(one for one in names if SqlText in {hints[one], *get_args(hints[one])})
    return names, attrgetter(*names), texts
