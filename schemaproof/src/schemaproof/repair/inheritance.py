"""The objects that a partition or a child inherits, and the statements that change those."""

from collections.abc import Iterable
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import Final

from schemaproof.compare.parents import parent_relations
from schemaproof.schema.database_objects import Column, Relation, Schema

_RECURSE: Final = ("type", "type_modifier", "collation", "identity", "generated", "nullable")
"""The attributes that ALTER TABLE changes in the children, too."""
_OVERWRITTEN: Final = frozenset({"type", "type_modifier", "collation", "default", "identity"})
"""The attributes of a parent that cannot be changed without changing the children's defaults."""


def parents_first(schema: Schema) -> dict[str, int]:
    """Return the position of each relation in an order with parents before children."""
    needs = {
        relation.name: {parent.name for parent in parent_relations(relation, schema)}
        for relation in schema.relations
    }
    return {name: place for place, name in enumerate(TopologicalSorter(needs).static_order())}


def as_inherited(
    wanted: Column, found: Column | None, before: Column | None, after: Column
) -> Column | None:
    """Return a column as it is after its parent was repaired.

    Args:
        wanted: The column as it should be.
        found: The actual one; None when it does not exist.
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
