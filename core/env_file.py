"""Finding ``.env`` and reading it literally."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dotenv.parser import parse_stream

from core.errors import ConfigurationError
from core.project import find_project

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

NAME: Final = ".env"


@dataclass(frozen=True, slots=True)
class EnvFile:
    """What one file says.

    Attributes:
        path: The file, or None when there is none.
        values: Its values; kept out of the repr, because a password is among them.
    """

    path: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


def find_env_file() -> Path | None:
    """Look for ``.env`` in the working directory, then beside alembic.ini.

    Returns:
        The first that exists (it is used alone), or None.

    Raises:
        ConfigurationError: A folder cannot be searched, or the project's own table is wrong.
    """
    # The project is asked only when it is needed: a broken pyproject.toml must not hide a .env.
    for folder in (Path.cwd, lambda: find_project().root):
        try:
            path = folder() / NAME
            if path.exists():
                return path
        except OSError as error:
            raise ConfigurationError(f"cannot look for {NAME}: {error.strerror}") from error
    return None


def read_env_file(path: Path, names: Collection[str]) -> EnvFile:
    """Read the variables that concern us from a file.

    Values are taken literally: python-dotenv, and pydantic-settings with it, would replace
    ``${X}`` in a password by the value of a variable X.

    Args:
        path: The file.
        names: The variables that concern us; all others are ignored.

    Returns:
        The file's values.

    Raises:
        ConfigurationError: The file cannot be read, or a line with one of our variables cannot.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error.strerror}",
            remedy=".env.example shows what belongs in it",
        ) from error
    except UnicodeDecodeError as error:
        # Not chained with its text: the undecodable bytes may be a password.
        raise ConfigurationError(
            f"{path} is not UTF-8 text (byte {error.start + 1})", remedy="save it as UTF-8"
        ) from None
    values: dict[str, str] = {}
    for binding in parse_stream(StringIO(text)):
        if binding.error and any(name in binding.original.string for name in names):
            raise ConfigurationError(
                f"{path}, line {binding.original.line}: the value cannot be read",
                remedy="quote it as .env.example shows",
            )
        if binding.key in names and binding.value is not None:
            values[str(binding.key)] = binding.value
    return EnvFile(path=path, values=values)
