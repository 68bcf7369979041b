"""The names of the running program and of its settings, which messages use."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

from schemaproof.setting_names import with_names

_NAME: Final[ContextVar[str]] = ContextVar("schemaproof.program", default="schemaproof")
_SETTINGS: Final[ContextVar[Mapping[str, str]]] = ContextVar("schemaproof.settings")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_PLACE: Final = "{program}"


@contextmanager
def called(name: str, settings: Mapping[str, str] = _NONE) -> Iterator[None]:
    """Use these names of the program and its settings in messages until the block ends.

    Args:
        name: The name of the program.
        settings: The program's own names of settings, by the keys of
            ``schemaproof.setting_names.NEUTRAL``.
    """
    tokens = _NAME.set(name), _SETTINGS.set(settings)
    try:
        yield
    finally:
        _NAME.reset(tokens[0])
        _SETTINGS.reset(tokens[1])


def program_name() -> str:
    """Return the name of the program, which is also the name of its distribution."""
    return _NAME.get()


def command_line(arguments: str) -> str:
    """Return a command as the user types it."""
    return f"{program_name()} {arguments}"


def with_program(text: str) -> str:
    """Return a text with the real names for ``{program}`` and ``$setting``."""
    return with_names(text.replace(_PLACE, program_name()), _SETTINGS.get(_NONE))
