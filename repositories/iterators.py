"""Iterators give their rows once: what a first attempt has read, a second would find empty."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import AsyncGeneratorType, GeneratorType
from typing import Any, Final

from core.errors import InvalidArgumentError


class Attempts:
    """The iterators that were read in the attempts of one unit of work."""

    def __init__(self) -> None:
        self.earlier: list[object] = []
        self.current: list[object] = []

    def again(self) -> None:
        """Begin the next attempt."""
        self.earlier += self.current
        self.current = []


_attempts: Final[ContextVar[Attempts | None]] = ContextVar("monps_attempts", default=None)


@contextmanager
def counted() -> Iterator[Attempts]:
    """Count what the attempts within the block read."""
    attempts = Attempts()
    token = _attempts.set(attempts)
    try:
        yield attempts
    finally:
        _attempts.reset(token)


def check(rows: object) -> None:
    """Look at what rows are to be read from, before they are.

    Raises:
        InvalidArgumentError: It is a generator that has ended, or an iterator that an earlier
            attempt of the same unit of work has read from.
    """
    attempts = _attempts.get()
    if not isinstance(rows, (Iterator, AsyncIterator)):
        return
    if _has_ended(rows) or (attempts and any(each is rows for each in attempts.earlier)):
        raise InvalidArgumentError(
            "the rows have been read before",
            remedy="give a list, or make the generator where it is used, within the work",
        )
    if attempts is not None:
        attempts.current.append(rows)


def _has_ended(rows: Any) -> bool:
    if isinstance(rows, GeneratorType):
        return inspect.getgeneratorstate(rows) == inspect.GEN_CLOSED
    return isinstance(rows, AsyncGeneratorType) and rows.ag_frame is None
