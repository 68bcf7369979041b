"""Views that read views: one cannot be dropped before those that read it."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from typing import Final

from schemaproof.schema.paths import path
from schemaproof.schema.shapes import Relation, Schema
from schemaproof.sql.sql_names import mentioned

VIEWS: Final = frozenset({"view", "materialized view"})


def readers_first(schema: Schema) -> dict[str, int]:
    """Return the place of each view in an order in which no view comes after one that it reads."""
    read_by: dict[str, set[str]] = {}
    for view, read in _reading(schema).items():
        for name in read:
            read_by.setdefault(name, set()).add(view)
    try:
        order = [*TopologicalSorter(read_by).static_order()]
    except CycleError:
        return {}
    return {name: place for place, name in enumerate(order)}


def with_readers(schema: Schema, names: Iterable[str]) -> frozenset[str]:
    """Return relations and the views that read them, directly or through other views."""
    found = {*names}
    reading = _reading(schema)
    while new := {view for view, read in reading.items() if read & found} - found:
        found |= new
    return frozenset(found)


def _reading(schema: Schema) -> dict[str, set[str]]:
    """Return what each view reads, as far as it is in the same schema."""
    by_path: dict[str, str] = {path(schema.name, one.name): one.name for one in schema.relations}
    return {
        view.name: {by_path[name] for name in _names(view) if name in by_path} - {view.name}
        for view in schema.relations
        if view.kind in VIEWS
    }


def _names(view: Relation) -> Iterable[str]:
    return mentioned(str(view.definition))
