"""Hold connections of a pool at the same time, and read the lines of its log."""

from collections.abc import MutableMapping
from contextlib import ExitStack
from typing import Any

from sqlalchemy import Engine

Lines = list[MutableMapping[str, Any]]


def open_together(engine: Engine, count: int) -> ExitStack:
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(engine.connect())
        return stack.pop_all()
