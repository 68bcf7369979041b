"""An object that has another name than it should have."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Index,
    Relation,
    Sequence,
)
from schemaproof.schema.kinds import ObjectKind
from schemaproof.schema.paths import ObjectPath

_T = TypeVar("_T", Column, Constraint, Index, Relation, Sequence, DatabaseObject)


@dataclass(frozen=True, slots=True)
class Renamed:
    """One object that has another name than it should have, and nothing else says so.

    Attributes:
        kind: What it is.
        path: Where it should be.
        old: The name that it should have; as SQL writes it for what is told by a statement.
        new: The name that it has, likewise.
        relation: The relation that it is in, or that it is.
        inherited: Whether it gets its name back with that of a parent.
    """

    kind: ObjectKind
    path: ObjectPath
    old: str
    new: str
    relation: Relation | None = None
    inherited: bool = False


def with_old_names(items: tuple[_T, ...], renamed: Mapping[str, str]) -> tuple[_T, ...]:
    """Return items as they are called when each has the name that it should have."""
    if not renamed:
        return items
    old_names = {new: old for old, new in renamed.items()}
    named = (
        replace(item, name=old_names[item.name]) if item.name in old_names else item
        for item in items
    )
    return tuple(sorted(named, key=lambda item: item.name))
