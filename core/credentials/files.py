"""Credentials in a folder with a file for each variable, as Docker and Kubernetes mount secrets.

pydantic-settings reads such a folder too, once, when settings are made. Here a file is read for
each new connection, and an unreadable file raises ``ConfigurationError``.
"""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.credentials.values import PASSWORD, USER, Credentials
from core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOGGER: Final = logging.getLogger(__name__)
_REMEDY: Final = "correct DB_SECRETS_DIR, or make it readable for the user of this program"


class SecretFiles:
    """The files of a folder; each is read again for every request.

    Args:
        folder: ``DB_SECRETS_DIR``.
        stated: The variables that are given elsewhere, and not looked for here.

    Raises:
        ConfigurationError: ``folder`` is not a folder, or cannot be searched.
    """

    def __init__(self, folder: Path, stated: Mapping[str, str]) -> None:
        self._stated = stated
        self._paths = {name: folder / name for name in (USER, PASSWORD) if name not in stated}
        try:
            there = set(os.listdir(folder))  # noqa: PTH208 - names
        except OSError as error:
            raise _unreadable(folder, error) from None
        self._paths = {name: path for name, path in self._paths.items() if name in there}

    @property
    def names(self) -> dict[str, str]:
        """The path of the file for each variable that has one, for messages."""
        return {name: str(path) for name, path in self._paths.items()}

    def read(self, *, warns: bool = False) -> dict[str, str]:
        """Read the files; white space around a value is removed.

        Args:
            warns: Whether to log a warning when everybody may read the file of the password.

        Raises:
            ConfigurationError: A file cannot be read, or is no UTF-8 text.
        """
        return {name: _content(path, warns=warns) for name, path in self._paths.items()}

    def now(self) -> Credentials:
        """Return the current contents of the files."""
        values = {**self._stated, **self.read()}
        return Credentials(values[USER], values[PASSWORD])

    def replacement(self, refused: Credentials) -> Credentials:  # noqa: ARG002 - read anew anyway
        """Return the current contents of the files."""
        return self.now()


def _content(path: Path, *, warns: bool) -> str:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise ConfigurationError(
                    f"{path} is not a regular file", remedy="replace it with one"
                )
            text = file.read().decode("utf-8").strip()
    except OSError as error:
        raise _unreadable(path, error) from None
    except UnicodeDecodeError as error:
        # The error is not chained, because the bytes that it contains may be a password.
        raise ConfigurationError(
            f"{path} is not UTF-8 text (byte {error.start + 1})", remedy="save it as UTF-8"
        ) from None
    if not text or "\0" in text:
        raise ConfigurationError(
            f"{path} {'holds a NUL character' if text else 'is blank'}",
            remedy="write the value into it, or remove it",
        )
    if warns and path.name == PASSWORD and mode & stat.S_IROTH:
        _LOGGER.warning("%s holds a password and everybody may read it: chmod o-r %s", path, path)
    return text


def _without_waiting(path: str, flags: int) -> int:
    # Opening a FIFO waits until another process writes, unless O_NONBLOCK is given.
    return os.open(path, flags | os.O_NONBLOCK)


def _unreadable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"{path} cannot be read: {error.strerror}", remedy=_REMEDY)
