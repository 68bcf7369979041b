"""What every comparator needs: pairs by name, attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from introspection.compare.difference import Difference
from introspection.shapes import SqlText


class Named(Protocol):
    """Anything that is told from its siblings by its name."""

    @property
    def name(self) -> str: ...  # noqa: D102 - the protocol is the description


T = TypeVar("T", bound=Named)


def pairs(expected: Iterable[T], actual: Iterable[T]) -> Iterator[tuple[T | None, T | None]]:
    """Pair the items of both sides by name, in the order of the names."""
    left = {item.name: item for item in expected}
    right = {item.name: item for item in actual}
    for name in sorted(left.keys() | right.keys()):
        yield left.get(name), right.get(name)


def attributes(
    path: str, expected: Any, actual: Any, codes: Mapping[str, str]
) -> Iterator[Difference]:
    """Compare the attributes that ``codes`` names, each with the code of its difference."""
    for attribute, code in codes.items():
        one, other = getattr(expected, attribute), getattr(actual, attribute)
        if not _same(one, other):
            yield Difference(code, path, shown(one), shown(other))


def shown(value: Any) -> str | None:
    """Return a value as a report shows it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, SqlText) and isinstance(other, SqlText):
        return one.same_as(other)
    return bool(one == other)
