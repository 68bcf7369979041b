"""Columns that generated columns use: PostgreSQL does not change their types."""

from collections.abc import Sequence
from typing import Final

from schemaproof.compare import Difference
from schemaproof.schema.codes import MISSING
from schemaproof.schema.dependencies import State
from schemaproof.schema.paths import ObjectPath

_TYPE: Final = frozenset({"type", "type-modifier", "collation"})
_USED: Final = (
    "{}: PostgreSQL does not change its type while the generated column {} uses it, so nothing is"
    " written for it; {}"
)
_LATER: Final = "that column is dropped here: write another revision after this one"
_FIRST: Final = (
    "have one revision drop that column, and another one, after the change, add it again"
)


def without_used(asked: Sequence[Difference], before: State) -> tuple[list[Difference], list[str]]:
    """Return the changes without those of columns whose type cannot change, and notes.

    Args:
        asked: The differences that the revision removes.
        before: The schema before the change.
    """
    users = _users(before)
    retyped = {one.path for one in asked if one.code.kind == "column" and one.code.aspect in _TYPE}
    kept = {one: users[one] for one in retyped & users.keys()}
    gone = {one.path for one in asked if one.code.aspect == MISSING}
    notes = [
        _USED.format(one, user, _LATER if user in gone else _FIRST)
        for one, user in sorted(kept.items())
    ]
    return [one for one in asked if one.path not in kept], notes


def _users(before: State) -> dict[ObjectPath, ObjectPath]:
    """Return a generated column for each column that one uses."""
    generated = {where for where, one in before.snapshot.all_columns() if one.generated is not None}
    return {
        one.on.path: one.dependent.path
        for one in before.dependencies
        if one.dependent is not None and one.on.kind == "column" and one.dependent.path in generated
    }
