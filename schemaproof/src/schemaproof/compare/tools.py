"""What every comparator needs: pairs by name, attributes, renames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from schemaproof.compare.difference import Difference
from schemaproof.schema.shapes import UNNAMED_PARTS, Grant, SqlText


class Named(Protocol):
    """Anything that is told from its siblings by its name."""

    @property
    def name(self) -> str: ...  # noqa: D102 - the protocol is the description


T = TypeVar("T", bound=Named)
Grants = tuple[Grant, ...] | None
O = TypeVar("O")  # noqa: E741 - an object of any kind


def pairs(expected: Iterable[T], actual: Iterable[T]) -> Iterator[tuple[T | None, T | None]]:
    """Pair the items of both sides by name, in the order of the names."""
    return pairs_by(lambda item: item.name, expected, actual)


def pairs_by(
    key: Callable[[O], Any], expected: Iterable[O], actual: Iterable[O]
) -> Iterator[tuple[O | None, O | None]]:
    """Pair the items of both sides by a key, in its order."""
    left = {key(item): item for item in expected}
    right = {key(item): item for item in actual}
    for name in sorted(left.keys() | right.keys()):
        yield left.get(name), right.get(name)


def attributes(
    path: str, expected: Any, actual: Any, codes: Mapping[str, str]
) -> Iterator[Difference]:
    """Compare the attributes that ``codes`` names, each with the code of its difference."""
    for attribute, code in codes.items():
        one, other = getattr(expected, attribute), getattr(actual, attribute)
        # Almost everything is equal, and equal values need no closer look.
        if one != other and not _same(one, other):
            textual = isinstance(one, SqlText) and isinstance(other, SqlText)
            yield Difference(code, path, shown(one), shown(other), textual=textual)


def shown(value: Any) -> str | None:
    """Return a value as a report shows it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(str(item) for item in value) or "none"
    return str(value)


def renames(
    expected: Iterable[T], actual: Iterable[T], same: Callable[[T, T], bool]
) -> dict[str, str]:
    """Find what was probably renamed: the one item that came is the same as the one that went.

    Args:
        expected: The items as they should be.
        actual: The items as they are.
        same: Whether two items of different names are otherwise the same.

    Returns:
        The expected name to the actual one.
    """
    wanted = {item.name: item for item in expected}
    found = {item.name: item for item in actual}
    gone = [item for name, item in wanted.items() if name not in found]
    come = [item for name, item in found.items() if name not in wanted]
    likely = {}
    for item in gone:
        matches = [other.name for other in come if same(item, other)]
        rivals = [other for other in gone if matches and same(other, found[matches[0]])]
        if len(matches) == 1 and len(rivals) == 1:
            likely[item.name] = matches[0]
    return likely


def went(renamed: Mapping[str, str], name: str) -> str | None:
    """Return the hint on an item that is missing."""
    return f"probably renamed to {renamed[name]}" if name in renamed else None


def came(renamed: Mapping[str, str], name: str) -> str | None:
    """Return the hint on an item that nobody expects."""
    before = [old for old, new in renamed.items() if new == name]
    return f"probably renamed from {before[0]}" if before else None


def same_grants(expected: Grants, actual: Grants) -> bool:
    """Whether an object is granted as it should be.

    What a role that the project names may do is decided in each environment (``monps-db roles``
    compares that), unless a revision grants it something.
    """
    decided_here = {grant.part for grant in expected or ()} | UNNAMED_PARTS
    counted = tuple(grant for grant in actual or () if grant.part in decided_here)
    if actual and not counted:
        return not expected
    return expected == (None if actual is None else counted)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, SqlText) and isinstance(other, SqlText):
        return one.same_as(other)
    if isinstance(one, tuple) or isinstance(other, tuple):
        return same_grants(one, other)
    return False
