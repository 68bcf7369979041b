"""Refuse iterators that an earlier attempt at a unit of work has read; they yield rows once."""

import gc
import inspect
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from io import IOBase
from itertools import count, cycle, repeat
from types import AsyncGeneratorType, GeneratorType
from typing import Any, Final

from core import observers
from core.errors import InvalidArgumentError


class Attempts:
    """The iterators that the attempts at one unit of work have read."""

    def __init__(self) -> None:
        self.earlier: list[object] = []
        self.current: list[object] = []

    def again(self) -> None:
        """Begin the next attempt."""
        for observer in observers.current():
            observer.unit_retried()
        self.earlier += self.current
        self.current = []


_ENDLESS: Final = (count, cycle, repeat)
_SOME: Final = 100
_attempts: Final[ContextVar[Attempts | None]] = ContextVar("monps_attempts", default=None)


@contextmanager
def counted() -> Iterator[Attempts]:
    """Record the iterators that are read within the block."""
    attempts = Attempts()
    token = _attempts.set(attempts)
    try:
        yield attempts
    finally:
        _attempts.reset(token)


def check(rows: object) -> None:
    """Check the source of rows before rows are read from it.

    Raises:
        InvalidArgumentError: ``rows`` is a generator that has ended, or an iterator that an earlier
            attempt of the same unit of work has read from, directly or through another iterator.
    """
    if not isinstance(rows, (Iterator, AsyncIterator)):
        return
    attempts = _attempts.get()
    read = list(_read_through(rows)) if attempts else []
    if _has_ended(rows) or (
        attempts
        and any(
            each is earlier and not _is_at_its_beginning(each)
            for each in read
            for earlier in attempts.earlier
        )
    ):
        raise InvalidArgumentError(
            "the rows were already read",
            remedy="give a list, or make the generator where it is used, within the work",
        )
    if attempts is not None:
        attempts.current += read


def _has_ended(rows: Any) -> bool:
    if isinstance(rows, GeneratorType):
        return inspect.getgeneratorstate(rows) == inspect.GEN_CLOSED
    return isinstance(rows, AsyncGeneratorType) and rows.ag_frame is None


def _read_through(rows: object) -> Iterator[object]:
    """Yield the iterators that an iterator reads from, including itself.

    ``islice``, ``map`` or a generator of the work may read from an older iterator. Endless
    iterators (``count``) are left out.
    """
    found: dict[int, object] = {}
    waiting = [rows]
    while waiting:
        each = waiting.pop()
        # Iterators that are written in C may keep several others in a tuple.
        if isinstance(each, tuple):
            waiting += each[:_SOME]
        if id(each) in found or not isinstance(each, (Iterator, AsyncIterator)):
            continue
        if isinstance(each, _ENDLESS):
            continue
        found[id(each)] = each
        waiting += _held_by(each)
    yield from found.values()


def _held_by(iterator: Any) -> Iterable[object]:
    if isinstance(iterator, GeneratorType):
        return inspect.getgeneratorlocals(iterator).values()
    if isinstance(iterator, AsyncGeneratorType):
        return iterator.ag_frame.f_locals.values() if iterator.ag_frame else ()
    return (*gc.get_referents(iterator), *getattr(iterator, "__dict__", {}).values())


def _is_at_its_beginning(iterator: object) -> bool:
    """Whether an iterator is a file that has not been read yet."""
    try:
        return isinstance(iterator, IOBase) and iterator.tell() == 0
    except (OSError, ValueError):
        # The file is being iterated, or is closed.
        return False
