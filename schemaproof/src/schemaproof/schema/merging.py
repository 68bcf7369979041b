"""Combine two schemas that were changed from a third, with the changes of both."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from schemaproof.schema.database_objects import Snapshot


class ConflictError(Exception):
    """Both sides changed the same thing in different ways."""


def merged(base: Snapshot, one: Snapshot, other: Snapshot) -> Snapshot:
    """Return the schema after both changes.

    Args:
        base: The schema from which both sides were changed.
        one: The schema of one side.
        other: The schema of the other side.

    Raises:
        ConflictError: Both sides have changed the same attribute in different ways.
    """
    whole: Snapshot = _merged(base, one, other)
    return whole


def _merged(base: Any, one: Any, other: Any) -> Any:
    """Merge two values that were changed from a common one; None is a missing value."""
    if other in (one, base):
        return one
    if one == base:
        return other
    if None in (one, other) or type(one) is not type(other):
        raise ConflictError
    if _has_parts(one):
        compared = [part.name for part in fields(one) if part.compare]
        parts = {
            name: _merged(getattr(base, name, None), getattr(one, name), getattr(other, name))
            for name in compared
        }
        return replace(one, **parts)
    if isinstance(one, tuple) and all(map(_has_parts, (*one, *other))):
        return _merged_all(base or (), one, other)
    raise ConflictError


def _merged_all(base: Iterable[Any], one: Iterable[Any], other: Iterable[Any]) -> tuple[Any, ...]:
    sides = [
        {(getattr(part, "kind", ""), part.name): part for part in side}
        for side in (base, one, other)
    ]
    keys = sorted({*sides[1], *sides[2]})
    found = (_merged(*(side.get(key) for side in sides)) for key in keys)
    return tuple(part for part in found if part is not None)


def _has_parts(value: Any) -> bool:
    """Whether a value is a snapshot, a schema or one of its named parts."""
    return isinstance(value, Snapshot) or hasattr(value, "name")
