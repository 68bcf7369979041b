"""Find ``.env`` and read it literally.

A file that was found by searching may come from another user. It is used only if nobody else can
write it, and it must not name the server that a password from elsewhere is sent to.
"""

from __future__ import annotations

import logging
import os
import stat
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
NAMED_BY: Final = "DB_ENV_FILE"
PASSWORD: Final = "DB_PASSWORD"  # noqa: S105 - the name of a setting
ADDRESS: Final = (
    *("DB_HOST", "DB_PORT", "DB_SSLMODE", "DB_REQUIRE_AUTH", "DB_REPLICA_HOSTS", "DB_SCRATCH_URL"),
    "DB_VAULT_ADDR",
)
"""The settings that decide where a password is sent, and how."""
_SECRETS: Final = frozenset({PASSWORD, "DB_SCRATCH_URL"})
_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EnvFile:
    """The variables of one file.

    Attributes:
        path: The file, or None when there is none.
        values: The values of the file; kept out of the repr, because a password is among them.
        is_found: Whether the file was found by searching, and not named.
    """

    path: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_found: bool = False


def find_env_file() -> Path | None:
    """Return the file that ``DB_ENV_FILE`` names; else look for ``.env``.

    ``.env`` is looked for in the working directory, then beside alembic.ini.

    Returns:
        The first file that exists (it is used alone), or None.

    Raises:
        ConfigurationError: A folder cannot be searched, or the project's own table is wrong.
    """
    if named := os.environ.get(NAMED_BY):
        return Path(named)
    # The project is searched for only if it is needed, because an invalid pyproject.toml must not
    # prevent the .env of the current folder from being read.
    for folder in (Path.cwd, lambda: find_project().root):
        try:
            path = folder() / NAME
            if path.exists():
                return path
        except OSError as error:
            raise ConfigurationError(f"cannot look for {NAME}: {error.strerror}") from error
    return None


def load_env_file(names: Collection[str]) -> EnvFile:
    """Read our variables from the file that ``DB_ENV_FILE`` names, or that is found.

    Raises:
        ConfigurationError: The file cannot be looked for or read, see :func:`find_env_file` and
            :func:`read_env_file`.
    """
    path = find_env_file()
    if path is None:
        return EnvFile()
    return read_env_file(path, names, is_found=not os.environ.get(NAMED_BY))


def read_env_file(path: Path, names: Collection[str], *, is_found: bool = False) -> EnvFile:
    """Read our variables from a file.

    Values are taken literally: python-dotenv, and pydantic-settings with it, would replace
    ``${X}`` in a password by the value of a variable X.

    Args:
        path: The file.
        names: The variables to read; others are ignored.
        is_found: Whether the file was found by searching; then it must be an ordinary file that no
            other user can write.

    Raises:
        ConfigurationError: The file or a line with one of our variables cannot be read, or another
            user can write the file.
    """
    # Opening a FIFO waits until another process writes, unless O_NONBLOCK is given.
    flags = os.O_NONBLOCK if is_found else 0
    try:
        with open(path, "rb", opener=lambda name, mode: os.open(name, mode | flags)) as file:
            status = os.fstat(file.fileno())
            if is_found:
                _refuse_foreign(path, status)
            text = file.read().decode("utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error.strerror}",
            remedy=".env.example shows what belongs in it",
        ) from error
    except UnicodeDecodeError as error:
        # The error is not chained, because the bytes that it contains may be a password.
        raise ConfigurationError(
            f"{path} is not UTF-8 text (byte {error.start + 1})", remedy="save it as UTF-8"
        ) from None
    values = _parsed(path, text, names)
    if status.st_mode & stat.S_IROTH and not _SECRETS.isdisjoint(values):
        _LOGGER.warning("%s holds a password and everybody may read it: chmod 600 %s", path, path)
    return EnvFile(path=path, values=values, is_found=is_found)


def refuse_foreign_address(file: EnvFile, used: Collection[str]) -> None:
    """Refuse a found file that names the server which a password from elsewhere is sent to.

    Args:
        file: The file.
        used: The settings that the file decides.

    Raises:
        ConfigurationError: The file was found, not named, and a setting of ``ADDRESS`` is taken
            from it.
    """
    named = [name for name in ADDRESS if name in used]
    if not (file.is_found and named):
        return
    raise ConfigurationError(
        f"{file.path} was found by searching, so its {', '.join(named)} must not decide to which"
        f" server the {PASSWORD} of another source (or its token) is sent",
        remedy=f"set {', '.join(named)} in the environment, too, or write {PASSWORD} into that"
        f" file, or name it: {NAMED_BY}={file.path}",
    )


def _refuse_foreign(path: Path, about: os.stat_result) -> None:
    trusted = f", or name it if you trust it: {NAMED_BY}={path}"
    if not stat.S_ISREG(about.st_mode):
        raise ConfigurationError(f"{path} is not a regular file", remedy=f"remove it{trusted}")
    if about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigurationError(
            f"{path} may be written by others", remedy=f"chmod go-w {path}{trusted}"
        )
    # In a container, a checkout of the host may belong to a user number that is not that of the
    # process. Then the .env has to belong to the same user as the folder of the project.
    if about.st_uid not in (os.geteuid(), 0) and about.st_uid != find_project().root.stat().st_uid:
        raise ConfigurationError(
            f"{path} belongs to somebody else (user number {about.st_uid})",
            remedy=f"read it, then make it yours (chown){trusted}",
        )


def _parsed(path: Path, text: str, names: Collection[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for binding in parse_stream(StringIO(text)):
        if binding.error and any(name in binding.original.string for name in names):
            raise ConfigurationError(
                f"{path}, line {binding.original.line}: the value cannot be read",
                remedy="quote it as .env.example shows",
            )
        if binding.key in names and binding.value is not None:
            values[str(binding.key)] = binding.value
    return values
