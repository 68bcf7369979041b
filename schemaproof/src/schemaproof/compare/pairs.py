"""Pair the items of both sides by name, and find probable renames."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar


class Named(Protocol):
    """An item that its name identifies among its siblings."""

    @property
    def name(self) -> str: ...  # noqa: D102 - the protocol is the description


T = TypeVar("T", bound=Named)
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


def renames(
    expected: Iterable[T], actual: Iterable[T], same: Callable[[T, T], bool]
) -> dict[str, str]:
    """Find probable renames: one new item equals one missing item except for its name.

    Args:
        expected: The expected items.
        actual: The actual items.
        same: Whether two items with different names are otherwise equal.

    Returns:
        The actual names by the expected names.
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
