"""Functions, types and what else is told by a statement get their old names back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from schemaproof.compare.pairs import renames
from schemaproof.findings.steps import Step
from schemaproof.repair.objects import Home, mentioned_name, rename_back
from schemaproof.repair.order import with_former_names
from schemaproof.schema.kinds import OBJECTS
from schemaproof.schema.paths import path
from schemaproof.schema.shapes import DatabaseObject, Schema, Snapshot
from schemaproof.schema.values import SqlText
from schemaproof.sql import quoting

Objects = tuple[DatabaseObject, ...]


def objects_renamed_back(expected: Snapshot, actual: Snapshot) -> tuple[Snapshot, list[Step]]:
    """Return a snapshot as it is after the statements that give old names back, and those.

    Whatever named an object by its new name names it by the old one then.
    """
    steps: list[Step] = []
    former: dict[str, str] = {}

    def renamed_back(home: Home, wanted: Objects, found: Objects) -> Objects:
        old_names = {}
        for new, old in _renamed(home, wanted, found):
            steps.append(rename_back(home, new, old))
            former[mentioned_name(home, new)] = mentioned_name(home, old)
            old_names[new] = replace(new, name=old.name)
        return tuple(old_names.get(item, item) for item in found)

    wanted = {schema.name: schema for schema in expected.schemas}
    schemas = tuple(
        replace(
            schema,
            objects=renamed_back(_home(schema), wanted[schema.name].objects, schema.objects),
        )
        if schema.name in wanted
        else schema
        for schema in actual.schemas
    )
    outside = renamed_back(Home(), expected.objects, actual.objects)
    if not steps:
        return actual, steps
    found: Snapshot = _with(former, replace(actual, schemas=schemas, objects=outside))
    return found, steps


def _home(schema: Schema) -> Home:
    return Home(path(schema.name), quoting.name(schema.name))


def _renamed(
    home: Home, wanted: Objects, found: Objects
) -> Iterator[tuple[DatabaseObject, DatabaseObject]]:
    """Yield what has another name than it had, each as it is and as it was."""

    def same(one: DatabaseObject, other: DatabaseObject) -> bool:
        former = {mentioned_name(home, other): mentioned_name(home, one)}
        return one.definition.same_as(_with(former, other.definition))

    for kind in sorted({item.kind for item in wanted if OBJECTS[item.kind].renamable}):
        before = {item.name: item for item in wanted if item.kind == kind}
        after = {item.name: item for item in found if item.kind == kind}
        for old, new in renames(before.values(), after.values(), same).items():
            yield after[new], before[old]


def _with(former: Mapping[str, str], value: Any) -> Any:
    """Return a value in which every text says the former names."""
    if isinstance(value, SqlText):
        return replace(value, prints=tuple(with_former_names(one, former) for one in value.prints))
    if isinstance(value, tuple):
        return tuple(_with(former, one) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {
        field.name: with_former_names(current, former)
        if _names_another(value, field.name, current)
        else _with(former, current)
        for field in fields(value)
        if (current := getattr(value, field.name)) is not None
    }
    return replace(value, **changes)


def _names_another(owner: Any, field: str, value: Any) -> bool:
    """Whether it is not a name of its own."""
    if isinstance(owner, DatabaseObject) and field == "name":
        return OBJECTS[owner.kind].named_by_types
    return isinstance(value, str) and field in {"type", "of_type"}
