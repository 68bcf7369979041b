"""Build a snapshot from catalog rows: nested, sorted by name, without oids."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Rows
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

from schemaproof.catalog import catalog_values as values
from schemaproof.catalog.catalog_values import AccessOf, Contents, Record
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Index,
    Schema,
    Sequence,
    Snapshot,
)

_T = TypeVar("_T")
_by_name = attrgetter("name")
_by_number = attrgetter("number")
_by_kind_and_name = attrgetter("kind", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The rows of the catalog queries, most of them converted to values already.

    Attributes:
        schemas: The rows of the schemas.
        relations: The rows of the relations.
        access: Owners and grants.
        contents: The columns, constraints, indexes and other parts of each relation.
        sequences: The sequences of each schema, by its name.
        schema_objects: The other objects of each schema, by its name.
        default_privileges: The default privileges of each schema, by its name; under None the
            default privileges for all schemas.
        database_objects: The objects that belong to no schema.
        major: The server's major version.
    """

    schemas: Rows[Record] = ()
    relations: Rows[Record] = ()
    access: AccessOf
    contents: Contents
    sequences: Mapping[str, tuple[Sequence, ...]] = field(default_factory=dict)
    schema_objects: Mapping[str, tuple[DatabaseObject, ...]] = field(default_factory=dict)
    default_privileges: Mapping[str | None, tuple[DatabaseObject, ...]] = field(
        default_factory=dict
    )
    database_objects: tuple[DatabaseObject, ...] = ()
    major: int | None = None


def snapshot(parts: Parts) -> Snapshot:
    """Build the snapshot from the rows."""
    relations = _grouped(
        parts.relations,
        "schema",
        lambda row: values.relation(row, parts.access("pg_class", row.oid), parts.contents),
    )
    everywhere = parts.default_privileges.get(None, ())

    def schema(row: Record) -> Schema:
        own = parts.access("pg_namespace", row.oid)
        name = row.name
        objects = parts.schema_objects.get(name, ())
        return Schema(
            name=name,
            owner=own.owner if row.managed else None,
            owner_role=own.owner_role,
            privileges=own.privileges if row.managed else None,
            comment=row.comment,
            relations=relations.get(name, ()),
            sequences=parts.sequences.get(name, ()),
            objects=_sorted((*objects, *parts.default_privileges.get(name, ()))),
        )

    return Snapshot(
        tuple(schema(row) for row in parts.schemas),
        _sorted((*parts.database_objects, *everywhere)),
        parts.major,
        parts.access.owner_of_database,
    )


def access(rows: Iterable[Record]) -> AccessOf:
    """Return a function that gives the owner and the grants of an object."""
    return AccessOf({(row.catalog, row.oid, row.sub): values.access(row) for row in rows})


def columns(rows: Iterable[Record], access: AccessOf) -> dict[int, tuple[Column, ...]]:
    """Return columns by the oids of their tables."""
    tables: defaultdict[int, list[Record]] = defaultdict(list)
    for row in rows:
        tables[row.relation].append(row)

    def one_table(own: list[Record]) -> tuple[Column, ...]:
        in_order = enumerate(sorted(own, key=_by_number), 1)
        found = (values.column(row, position, access) for position, row in in_order)
        return tuple(sorted(found, key=_by_name))

    return {table: one_table(own) for table, own in tables.items()}


def constraints(rows: Iterable[Record]) -> dict[int, tuple[Constraint, ...]]:
    """Return constraints by the oids of their tables."""
    return _grouped(rows, "relation", values.constraint)


def indexes(rows: Iterable[Record]) -> dict[int, tuple[Index, ...]]:
    """Return indexes by the oids of their tables."""
    return _grouped(rows, "relation", values.index)


def sequences(rows: Iterable[Record], access: AccessOf) -> dict[str, tuple[Sequence, ...]]:
    """Return sequences by schema."""
    return _grouped(rows, "schema", partial(values.sequence, access=access))


def objects(
    rows: Iterable[Record], by: str, access: AccessOf
) -> dict[Any, tuple[DatabaseObject, ...]]:
    """Return other objects by one column of their rows."""
    return _grouped(rows, by, partial(values.database_object, access=access))


def database_objects(rows: Iterable[Record], access: AccessOf) -> tuple[DatabaseObject, ...]:
    """Return the objects that are in no schema."""
    return tuple(values.database_object(row, access) for row in rows)


def default_privileges(rows: Iterable[Record]) -> dict[str | None, tuple[DatabaseObject, ...]]:
    """Return default privileges by schema."""
    return _grouped(rows, "schema", values.default_privileges)


def _grouped(
    rows: Iterable[Record], by: str, make: Callable[[Record], _T]
) -> dict[Any, tuple[_T, ...]]:
    groups: defaultdict[Any, list[_T]] = defaultdict(list)
    group = attrgetter(by)
    for row in rows:
        groups[group(row)].append(make(row))
    return {key: tuple(sorted(items, key=_by_name)) for key, items in groups.items()}


def _sorted(found: Iterable[DatabaseObject]) -> tuple[DatabaseObject, ...]:
    return tuple(sorted(found, key=_by_kind_and_name))
