"""What a partition or a child inherits from its parents, and what statements on those change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import Final

from schemaproof.schema.paths import path
from schemaproof.schema.shapes import Column, Relation, Schema
from schemaproof.schema.values import SqlText

_RECURSE: Final = ("type", "type_modifier", "collation", "identity", "generated", "nullable")
"""What ALTER TABLE changes in the children, too."""
_OVERWRITTEN: Final = frozenset({"type", "type_modifier", "collation", "default", "identity"})
"""What cannot be changed in a parent without changing the defaults of its children."""


def parent_and_bounds(partition_of: SqlText) -> tuple[str, str]:
    """Return the two parts of what says where a partition belongs."""
    text = str(partition_of)
    for words in (" FOR VALUES ", " DEFAULT"):
        parent, found, rest = text.rpartition(words)
        if found:
            return parent, (found + rest).strip()
    return text, ""


def parent_relations(relation: Relation, schema: Schema) -> list[Relation]:
    """Return the parents of a relation, as far as they are in its schema."""
    names = relation.inherits.split(", ") if relation.inherits else []
    if relation.partition_of is not None:
        names.append(parent_and_bounds(relation.partition_of)[0])
    by_path: dict[str, Relation] = {path(schema.name, one.name): one for one in schema.relations}
    return [by_path[name] for name in names if name in by_path]


def parents_first(schema: Schema) -> dict[str, int]:
    """Return the place of each relation in an order in which no child comes before a parent."""
    needs = {
        relation.name: {parent.name for parent in parent_relations(relation, schema)}
        for relation in schema.relations
    }
    return {name: place for place, name in enumerate(TopologicalSorter(needs).static_order())}


def as_inherited(
    wanted: Column, found: Column | None, before: Column | None, after: Column
) -> Column | None:
    """Return a column as it is when its parent's has been repaired.

    Args:
        wanted: The column as it should be.
        found: As it is; None when it is not there.
        before: The parent's column as it is; None when it is not there.
        after: The parent's column as it should be.
    """
    if before is None and found is None:
        return replace(after, storage=None, statistics=None, options=None, privileges=None)
    if before is None or found is None:
        return found
    differing = {
        name for name in (*_RECURSE, "default") if getattr(before, name) != getattr(after, name)
    }
    changes = {name: getattr(wanted, name) for name in differing if name in _RECURSE}
    if differing & _OVERWRITTEN:
        changes["default"] = after.default
    return replace(found, **changes)


def find_column(relations: Iterable[Relation], name: str) -> Column | None:
    """Return the column of that name, of the first relation that has it."""
    columns = (one for relation in relations for one in relation.columns if one.name == name)
    return next(columns, None)


def renamed_parents(relation: Relation, old_paths: Mapping[str, str]) -> Relation:
    """Return a relation as it is when its parents have their names back."""
    names = relation.inherits.split(", ") if relation.inherits else []
    inherits = ", ".join(old_paths.get(name, name) for name in names) or None
    partition_of = relation.partition_of
    if partition_of is not None:
        parent, bounds = parent_and_bounds(partition_of)
        partition_of = SqlText((f"{old_paths.get(parent, parent)} {bounds}",))
    return replace(relation, inherits=inherits, partition_of=partition_of)
