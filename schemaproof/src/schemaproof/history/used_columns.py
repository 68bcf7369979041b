"""Columns that other objects use so that PostgreSQL does not change their types."""

from collections.abc import Iterator, Sequence
from typing import Final

from schemaproof.compare import Difference
from schemaproof.schema.codes import MISSING
from schemaproof.schema.dependencies import Dependency, State
from schemaproof.schema.paths import ObjectPath

_TYPE: Final = frozenset({"type", "type-modifier", "collation"})
_USED: Final = (
    "{}: PostgreSQL does not change its type while {} uses it, so nothing is written for it; {}"
)
_LATER: Final = "that {} is dropped here: write another revision after this one"
_FIRST: Final = "have one revision drop that {}, and another one, after the change, {} it again"
_COLUMN: Final = "column"
_POLICY: Final = "policy"
_USERS: Final = frozenset({"rule", "trigger", "function", "procedure", "publication"})


def without_used(asked: Sequence[Difference], before: State) -> tuple[list[Difference], list[str]]:
    """Return the changes without those of columns whose type cannot change, and notes.

    Args:
        asked: The differences that the revision removes.
        before: The schema before the change.
    """
    users = dict(_users(before))
    retyped = {one.path for one in asked if one.code.kind == "column" and one.code.aspect in _TYPE}
    kept = {one: users[one] for one in retyped & users.keys()}
    gone = {one.path for one in asked if one.code.aspect == MISSING}
    notes = [_note(one, kept[one], gone) for one in sorted(kept)]
    return [one for one in asked if one.path not in kept], notes


def _note(column: ObjectPath, user: Dependency, gone: set[ObjectPath]) -> str:
    made, where = user.dependent, user.described
    if made is not None and made.kind == _COLUMN:
        where, what, again = f"the generated column {made.path}", "column", "add"
    else:
        what, again = "object", "create"
    is_gone = made is not None and made.path in gone
    return _USED.format(column, where, (_LATER if is_gone else _FIRST).format(what, again))


def _users(before: State) -> Iterator[tuple[ObjectPath, Dependency]]:
    """Yield a column, and an object that keeps PostgreSQL from changing its type."""
    generated = {where for where, one in before.snapshot.all_columns() if one.generated is not None}
    for one in sorted(before.dependencies, key=lambda one: one.described, reverse=True):
        made, on = one.dependent, one.on
        if made is None or on.kind != _COLUMN:
            continue
        is_other = made.path.object != on.path.object
        if (
            made.path in generated
            or made.kind in _USERS
            or (made.kind in ("relation", _POLICY) and is_other)
        ):
            yield on.path, one
