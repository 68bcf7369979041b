"""Catalog rows → snapshot values: the one place where both sides of a comparison are made alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Rows
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from introspection.paths import path
from introspection.shapes import (
    Column,
    Constraint,
    DatabaseObject,
    Grant,
    Index,
    Relation,
    Schema,
    Sequence,
    Snapshot,
    SqlText,
)


class Row(Protocol):
    """A catalog row, by column name."""

    def __getitem__(self, name: str, /) -> Any: ...


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogRows:
    """What the catalog queries returned, each list under the name of its query."""

    schemas: Rows[Row] = ()
    relations: Rows[Row] = ()
    columns: Rows[Row] = ()
    constraints: Rows[Row] = ()
    indexes: Rows[Row] = ()
    sequences: Rows[Row] = ()
    relation_objects: Rows[Row] = ()
    schema_objects: Rows[Row] = ()
    database_objects: Rows[Row] = ()
    default_privileges: Rows[Row] = ()
    access: Rows[Row] = ()
    major: int | None = None


@dataclass(frozen=True, slots=True)
class _Access:
    """Owner and grants of one object."""

    owner: str | None = None
    owner_role: str | None = None
    privileges: tuple[Grant, ...] | None = None


@dataclass(frozen=True, slots=True)
class _AccessOf:
    by_object: Mapping[tuple[str, int, int], _Access] = field(default_factory=dict)

    def __call__(self, catalog: str, oid: int, sub: int = 0) -> _Access:
        return self.by_object.get((catalog, oid, sub), _Access())


def snapshot(rows: CatalogRows) -> Snapshot:
    """Put the rows of the catalog queries together."""
    access = _AccessOf(
        {(row["class"], row["oid"], row["sub"]): _access(row) for row in rows.access}
    )
    relations = _relations(rows, access)
    sequences = _grouped(rows.sequences, "schema", lambda row: _sequence(row, access))
    objects = _grouped(rows.schema_objects, "schema", lambda row: _object(row, access))
    defaults = _grouped(rows.default_privileges, "schema", _default_privileges)

    def schema(row: Row) -> Schema:
        own = access("pg_namespace", row["oid"])
        name = row["name"]
        return Schema(
            name=name,
            owner=own.owner if row["managed"] else None,
            owner_role=own.owner_role,
            privileges=own.privileges if row["managed"] else None,
            comment=row["comment"],
            relations=relations[name],
            sequences=sequences[name],
            objects=_sorted((*objects[name], *defaults[name])),
        )

    outside = (_object(row, access) for row in rows.database_objects)
    return Snapshot(
        tuple(schema(row) for row in rows.schemas),
        _sorted((*outside, *defaults[None])),
        rows.major,
        next((row["owner_role"] for row in rows.access if row["class"] == "pg_database"), None),
    )


def _relations(rows: CatalogRows, access: _AccessOf) -> defaultdict[Any, tuple[Relation, ...]]:
    columns = _grouped(rows.columns, "relation", lambda row: _column(row, access))
    constraints = _grouped(rows.constraints, "relation", _constraint)
    indexes = _grouped(rows.indexes, "relation", _index)
    objects = _grouped(rows.relation_objects, "relation", lambda row: _object(row, access))

    def relation(row: Row) -> Relation:
        oid = row["oid"]
        own = access("pg_class", oid)
        return Relation(
            name=row["name"],
            kind=row["kind"],
            definition=_text(row["definition"]),
            persistence=row["persistence"],
            partition_key=_text(row["partition_key"]),
            partition_of=_text(row["partition_of"]),
            inherits=row["inherits"],
            of_type=row["of_type"],
            access_method=row["access_method"],
            tablespace=row["tablespace"],
            options=row["options"],
            row_security=row["row_security"],
            replica_identity=row["replica_identity"],
            populated=row["populated"],
            owner=own.owner,
            privileges=own.privileges,
            comment=row["comment"],
            columns=columns[oid],
            constraints=constraints[oid],
            indexes=indexes[oid],
            objects=objects[oid],
        )

    return _grouped(rows.relations, "schema", relation)


def _column(row: Row, access: _AccessOf) -> Column:
    return Column(
        name=row["name"],
        position=row["position"],
        type=row["type"],
        type_modifier=_type_modifier(row["type"], row["full_type"]),
        nullable=row["nullable"],
        no_inherit=row["no_inherit"],
        default=_text(row["default"]),
        identity=row["identity"],
        generated=_text(row["generated"]),
        collation=row["collation"],
        storage=row["storage"],
        compression=row["compression"],
        statistics=row["statistics"],
        options=row["options"],
        privileges=access("pg_class", row["relation"], row["number"]).privileges,
        comment=row["comment"],
    )


def _constraint(row: Row) -> Constraint:
    return Constraint(
        name=row["name"],
        kind=row["kind"],
        definition=SqlText((row["definition"],)),
        validated=row["validated"],
        disabled_on=row["disabled_on"],
        inherited=row["inherited"],
        comment=row["comment"],
    )


def _index(row: Row) -> Index:
    return Index(
        name=row["name"],
        definition=SqlText((row["definition"],)),
        valid=row["valid"],
        constraint=row["constraint"],
        parent=row["parent"],
        clustered=row["clustered"],
        tablespace=row["tablespace"],
        statistics=row["statistics"],
        comment=row["comment"],
    )


def _sequence(row: Row, access: _AccessOf) -> Sequence:
    owner = (row["owner_schema"], row["owner_relation"], row["owner_column"])
    own = access("pg_class", row["oid"])
    return Sequence(
        name=row["name"],
        type=row["type"],
        start=row["start"],
        increment=row["increment"],
        minimum=row["minimum"],
        maximum=row["maximum"],
        cache=row["cache"],
        cycle=row["cycle"],
        owned_by=None if row["owner"] is None else path(*owner),
        persistence=row["persistence"],
        owner=own.owner,
        privileges=own.privileges,
        comment=row["comment"],
    )


def _object(row: Row, access: _AccessOf) -> DatabaseObject:
    own = access(row["class"], row["oid"])
    return DatabaseObject(
        kind=row["kind"],
        name=row["name"],
        definition=SqlText((row["definition"].rstrip("\n"),)),
        enabled=row["enabled"],
        inherited=row["inherited"],
        owner=own.owner,
        privileges=own.privileges,
        comment=row["comment"],
    )


def _default_privileges(row: Row) -> DatabaseObject:
    return DatabaseObject(
        kind="default-privileges",
        name=row["name"],
        definition=SqlText((row["definition"],)),
        privileges=_grants(row["grants"]),
        holder=row["holder"],
        optional=row["optional"],
    )


def _access(row: Row) -> _Access:
    return _Access(row["owner"], row["owner_role"], _grants(row["grants"]))


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
    in_the_middle = re.search(r"\([\d,\s-]+\)", full)
    return in_the_middle.group() if in_the_middle else full


def _text(printed: str | None) -> SqlText | None:
    return SqlText((printed,)) if printed else None


def _grouped(
    rows: Iterable[Row], key: str, make: Callable[[Row], _T]
) -> defaultdict[Any, tuple[_T, ...]]:
    groups: defaultdict[Any, list[_T]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(make(row))
    ordered = {group: tuple(sorted(items, key=_name)) for group, items in groups.items()}
    return defaultdict(tuple, ordered)


def _sorted(objects: Iterable[DatabaseObject]) -> tuple[DatabaseObject, ...]:
    return tuple(sorted(objects, key=lambda item: (item.kind, item.name)))


def _name(item: _Named) -> str:
    return item.name
