"""Repairing types, which columns depend on: changed in place where PostgreSQL can, or replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from introspection.compare.objects import object_path
from introspection.repair import ddl
from introspection.repair.objects import Home
from introspection.repair.steps import Phase, Step
from introspection.shapes import Column, DatabaseObject, Relation, Snapshot

KINDS: Final = frozenset({"enum", "composite-type", "domain", "range-type"})
_LABEL: Final = re.compile(r"E?'(?:[^'\\]|''|\\.)*'")


def change_type(
    home: Home, wanted: DatabaseObject, found: DatabaseObject, expected: Snapshot
) -> Iterator[Step]:
    """Yield what gives a type the definition that it should have."""
    where = object_path(home.path, wanted)
    name = f"{home.schema}.{wanted.name}"
    labels = _added_labels(name, wanted, found) if wanted.kind == "enum" else None
    if labels is not None:
        for sql in labels:
            yield Step(where, Phase.CREATE_DEFINITIONS, sql)
        return
    former = ddl.name("monps replaced " + wanted.name.strip('"')[:40])
    kind = "DOMAIN" if wanted.kind == "domain" else "TYPE"
    yield Step(where, Phase.CREATE_DEFINITIONS, f"ALTER {kind} {name} RENAME TO {former}")
    yield Step(where, Phase.CREATE_DEFINITIONS, str(wanted.definition))
    for schema, relation, column in _columns_of(name, expected):
        yield from _retyped(where, schema, relation, column)
    yield Step(where, Phase.ALTER_OBJECTS, f"DROP {kind} {home.schema}.{former}")


def _added_labels(name: str, wanted: DatabaseObject, found: DatabaseObject) -> list[str] | None:
    """Return the statements that add what is missing; None when something must go or move."""
    labels, present = _labels(wanted), _labels(found)
    if len(labels) == len(present):
        changed = [pair for pair in zip(present, labels, strict=True) if pair[0] != pair[1]]
        if len(changed) == 1:
            return [f"ALTER TYPE {name} RENAME VALUE {changed[0][0]} TO {changed[0][1]}"]
    if [label for label in labels if label in present] != present:
        return None
    statements, before = [], None
    for label in labels:
        if label not in present:
            place = f"AFTER {before}" if before else f"BEFORE {present[0]}" if present else ""
            statements.append(f"ALTER TYPE {name} ADD VALUE {label} {place}".rstrip())
        before = label
    return statements


def _labels(item: DatabaseObject) -> list[str]:
    return _LABEL.findall(str(item.definition).partition(" AS ENUM (")[2])


def _columns_of(name: str, expected: Snapshot) -> Iterator[tuple[str, Relation, Column]]:
    for schema in expected.schemas:
        for relation in schema.relations:
            for column in relation.columns:
                if column.type in {name, f"{name}[]"} and "table" in relation.kind:
                    yield schema.name, relation, column


def _retyped(where: str, schema: str, relation: Relation, column: Column) -> Iterator[Step]:
    alter = f"ALTER TABLE {ddl.name(schema, relation.name)} ALTER COLUMN {ddl.name(column.name)}"
    if column.default is not None:
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} DROP DEFAULT")
    new = ddl.type_of(column)
    convert = f"{alter} TYPE {new} USING {ddl.name(column.name)}::text::{new}"
    yield Step(where, Phase.ALTER_COLUMNS, convert, destructive=True)
    if column.default is not None:
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} SET DEFAULT {column.default}")
