"""Every object of a schema by its path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from schemaproof.compare.indexes import index_kind
from schemaproof.compare.objects import object_path
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Index,
    Relation,
    Schema,
    Sequence,
    Snapshot,
)
from schemaproof.schema.kinds import (
    COLUMN,
    CONSTRAINTS,
    OBJECTS,
    RELATIONS,
    SCHEMA,
    SEQUENCE,
    ObjectKind,
)
from schemaproof.schema.paths import ObjectPath, path

Value: TypeAlias = Schema | Relation | Column | Constraint | Index | Sequence | DatabaseObject


@dataclass(frozen=True, slots=True)
class NamedObject:
    """An object and its path.

    Attributes:
        path: Its path.
        kind: Its kind.
        value: Its attributes.
    """

    path: ObjectPath
    kind: ObjectKind
    value: Value


def named_objects(snapshot: Snapshot) -> Iterator[NamedObject]:
    """Yield every object of a schema, each before its parts."""
    for thing in snapshot.objects:
        yield NamedObject(object_path(ObjectPath(""), thing), OBJECTS[thing.kind], thing)
    for schema in snapshot.schemas:
        where = path(schema.name)
        yield NamedObject(where, SCHEMA, schema)
        for relation in schema.relations:
            yield from _relation_objects(schema.name, relation)
        for sequence in schema.sequences:
            yield NamedObject(path(schema.name, sequence.name), SEQUENCE, sequence)
        for thing in schema.objects:
            yield NamedObject(object_path(where, thing), OBJECTS[thing.kind], thing)


def _relation_objects(schema: str, relation: Relation) -> Iterator[NamedObject]:
    def named(name: str) -> ObjectPath:
        return path(schema, relation.name, name)

    here = path(schema, relation.name)
    yield NamedObject(here, RELATIONS[relation.kind], relation)
    for column in sorted(relation.columns, key=lambda one: one.position):
        yield NamedObject(named(column.name), COLUMN, column)
    for constraint in relation.constraints:
        yield NamedObject(named(constraint.name), CONSTRAINTS[constraint.kind], constraint)
    for index in relation.indexes:
        if index.constraint is None:
            yield NamedObject(named(index.name), index_kind(index), index)
    for thing in relation.objects:
        yield NamedObject(object_path(here, thing), OBJECTS[thing.kind], thing)
