"""The differences of objects, for a picture: missing, unexpected or changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, filterfalse
from typing import Protocol

from schemaproof.schema.codes import MISSING, UNEXPECTED, Code
from schemaproof.schema.kinds import COLUMN
from schemaproof.schema.paths import ObjectPath

CHANGED = "changed"
_TABLE = 2  # The path of a table has two names: its schema and its own.


class Change(Protocol):
    """A difference, or a finding."""

    @property
    def code(self) -> Code: ...  # noqa: D102 - the protocol is the description
    @property
    def path(self) -> ObjectPath: ...  # noqa: D102
    @property
    def expected(self) -> str | None: ...  # noqa: D102
    @property
    def actual(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Mark:
    """The difference of one object.

    Attributes:
        state: ``missing``, ``unexpected`` or ``changed``.
        notes: The details of the difference, a line each.
    """

    state: str
    notes: tuple[str, ...]


class Marks:
    """The differences of all objects of a schema.

    Args:
        changes: Every difference.
    """

    def __init__(self, changes: Iterable[Change]) -> None:
        self._by_path: defaultdict[tuple[str, ...], list[Change]] = defaultdict(list)
        self._by_table: defaultdict[tuple[str, ...], list[Change]] = defaultdict(list)
        for one in changes:
            self._by_path[one.path.names].append(one)
            self._by_table[one.path.names[:_TABLE]].append(one)

    def on_one_side(self) -> Iterator[Change]:
        """Yield the differences that say that something is missing or unexpected."""
        every = chain.from_iterable(self._by_table.values())
        return (one for one in every if one.code.aspect in {MISSING, UNEXPECTED})

    def within(self, where: ObjectPath) -> Sequence[Change]:
        """Return the differences of a table and its parts."""
        return self._by_table.get(where.names, ())

    def box(self, where: ObjectPath) -> Mark | None:
        """Return the difference of a table, as a whole or in its parts."""
        return _mark(self.within(where), where)

    def column(self, where: ObjectPath) -> Mark | None:
        """Return the difference of a column."""
        return _mark([*filter(is_column, self._by_path.get(where.names, ()))], where)

    def constraint(self, where: ObjectPath) -> Mark | None:
        """Return the difference of a constraint."""
        return _mark([*filterfalse(is_column, self._by_path.get(where.names, ()))], where)


def is_column(one: Change) -> bool:
    """Whether a difference is about a column."""
    return one.code.kind == COLUMN.name


def _mark(changes: Sequence[Change], whole: ObjectPath) -> Mark | None:
    if not changes:
        return None
    aspects = {one.code.aspect for one in changes if one.path == whole}
    state = next((one for one in (MISSING, UNEXPECTED) if one in aspects), CHANGED)
    return Mark(state, tuple(map(_note, changes)))


def _note(one: Change) -> str:
    if one.code.aspect == MISSING:
        return f"{one.path} is missing: {one.expected or ''}"
    if one.code.aspect == UNEXPECTED:
        return f"{one.path} is unexpected: {one.actual or ''}"
    return f"{one.path}, {one.code}: {one.expected or 'none'} → {one.actual or 'none'}"
