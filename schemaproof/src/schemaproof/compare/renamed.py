"""An object that has another name than expected."""

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
    """One renamed object that no other rename explains.

    Attributes:
        kind: Its kind.
        path: Its expected path.
        old: The expected name; with arguments, as SQL writes it, for objects such as functions.
        new: The actual name, in the same form.
        relation: Its relation, or itself when it is one.
        inherited: Whether renaming a parent back renames it, too.
    """

    kind: ObjectKind
    path: ObjectPath
    old: str
    new: str
    relation: Relation | None = None
    inherited: bool = False


def with_old_names(items: tuple[_T, ...], renamed: Mapping[str, str]) -> tuple[_T, ...]:
    """Return items under their expected names."""
    if not renamed:
        return items
    old_names = {new: old for old, new in renamed.items()}
    named = (
        replace(item, name=old_names[item.name]) if item.name in old_names else item
        for item in items
    )
    return tuple(sorted(named, key=lambda item: item.name))
