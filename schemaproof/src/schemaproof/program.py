"""What the running program is called: advice names its commands as the user types them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_NAME: Final[ContextVar[str]] = ContextVar("schemaproof.program", default="schemaproof")
_PLACE: Final = "{program}"


@contextmanager
def called(name: str) -> Iterator[None]:
    """Have texts name the program so, for as long as the block lasts."""
    token = _NAME.set(name)
    try:
        yield
    finally:
        _NAME.reset(token)


def program_name() -> str:
    """Return what the program is called, which is also the name of its distribution."""
    return _NAME.get()


def command_line(arguments: str) -> str:
    """Return a command as the user types it."""
    return f"{program_name()} {arguments}"


def with_program(text: str) -> str:
    """Return a text that stands in a table, with the name where it says ``{program}``."""
    return text.replace(_PLACE, program_name())
