"""Helpers to test code that uses the repositories."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy import Engine, event

_counting: Final[ContextVar[object | None]] = ContextVar("monps_counting", default=None)


@contextmanager
def max_statements(budget: int) -> Iterator[list[str]]:
    """Fail if more statements than expected are sent, by any engine.

    It counts the statements of this thread or task, including those in a nested block.

    Args:
        budget: The greatest allowed number of statements.

    Yields:
        The statements that were sent so far.

    Raises:
        AssertionError: More statements were sent; the message lists them.
    """
    sent: list[str] = []
    outer = _counting.get()
    mine = (object(), outer)

    def listen(*arguments: Any) -> None:
        if _is_within(_counting.get(), mine):
            sent.append(arguments[2])

    token = _counting.set(mine)
    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
        _counting.reset(token)
    if len(sent) > budget:
        lines = "\n".join(f"{number}. {each}" for number, each in enumerate(sent, 1))
        raise AssertionError(f"statements: {len(sent)}, allowed: {budget}:\n{lines}")


def _is_within(current: Any, block: object) -> bool:
    while current is not None:
        if current is block:
            return True
        current = current[1]
    return False
