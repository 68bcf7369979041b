"""The settings: given by the program, else by the environment, ``.env`` or the defaults.

``settings`` is an attribute of this module that is made on first use; nothing is read when the
module is imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core.lazy import Lazy
from core.setting_types import ScratchUrl
from core.settings.base import FIND, Settings
from core.settings.migration import MigrationSettings as MigrationSettings
from core.settings.pool import PoolSettings
from core.settings.replicas import ReplicaSettings
from schemaproof import parse_scratch_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL

_Made = TypeVar("_Made")


class DatabaseSettings(ReplicaSettings, PoolSettings):
    """All settings; ``.env.example`` documents each variable."""

    DB_SCRATCH_URL: ScratchUrl | None = None

    def __init__(self, _env_file: Path | str | None = FIND, **values: object) -> None:
        # The signature that pydantic generates has the fields only, and not the parameter
        # _env_file.
        Settings.__init__(self, _env_file, **values)

    def opened(self, connect: Callable[[str, str], _Made]) -> _Made:
        """Open a connection with the current credentials.

        Args:
            connect: The function that opens a connection, given a user and a password.

        Raises:
            ConfigurationError: The source of the credentials refuses, or cannot be read.
            Exception: The error that ``connect`` raised.
        """
        source = self._sources.source
        if source is None:
            return connect(self.DB_USER, self.DB_PASSWORD.get_secret_value())
        from core.credentials.connecting import opened

        return opened(self, source, lambda given: connect(given.user, given.password))

    @property
    def scratch_url(self) -> URL | None:
        """The URL of the server for scratch databases, with the password."""
        secret = self.DB_SCRATCH_URL
        return None if secret is None else parse_scratch_url(secret.get_secret_value())


def _forget_attribute() -> None:
    # A test that replaced the attribute and restored it has stored the old settings there.
    globals().pop("settings", None)


get_settings = Lazy(DatabaseSettings, on_clear=_forget_attribute)

settings: DatabaseSettings


def __getattr__(name: str) -> DatabaseSettings:
    if name == "settings":
        return get_settings()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
