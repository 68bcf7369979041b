"""The settings: from the environment, then from ``.env``, then the defaults.

``settings`` is an attribute of this module that is made on first use; nothing is read when the
module is imported.
"""

from __future__ import annotations

import os
import reprlib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast, get_args

from pydantic import PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core import origin
from core.connect_args import (
    NETWORK_TIMEOUT,
    accepted_authentication,
    limits,
    network_args,
    options,
)
from core.duration import whole_seconds
from core.env_file import (
    PASSWORD,
    EnvFile,
    load_env_file,
    read_env_file,
    refuse_foreign_address,
)
from core.errors import ConfigurationError
from core.once import Once
from core.setting_types import (
    ASYNC_DRIVER,
    DRIVER,
    UNQUALIFIED_IS_PUBLIC,
    Authentication,
    Count,
    Duration,
    Flag,
    Gate,
    Host,
    Pooler,
    Port,
    PositiveCount,
    Recycle,
    Replica,
    Replicas,
    ScratchUrl,
    Seconds,
    Secret,
    Shape,
    SslMode,
    Text,
    VaultAuth,
    VaultUrl,
    parse_scratch_url,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails
    from sqlalchemy import URL

    from core.credentials.values import Credentials, Source

_Made = TypeVar("_Made")

# The default of `_env_file`: look for the file. None means: use no file.
_FIND: Final = Path()


class MigrationSettings(BaseSettings):
    """What can be set of migrations, also where the connection is handed over by the caller.

    A blank value counts as not set, and the environment beats ``.env`` also with a blank one.
    However they are made, wrong settings raise ``ConfigurationError`` with a line per variable.

    Args:
        _env_file: The file to read instead of the ``.env`` that is found; None reads none.
        **values: Settings given directly; they beat the environment.
    """

    model_config = SettingsConfigDict(
        case_sensitive=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    MIGRATION_LOCK_TIMEOUT: Duration | None = timedelta(seconds=3)
    MIGRATION_LOCK_ATTEMPTS: PositiveCount = 10
    MIGRATION_STATEMENT_TIMEOUT: Duration | None = None
    MIGRATION_WAIT_TIMEOUT: Duration = timedelta(minutes=10)
    MIGRATION_GATE: Gate = "new"

    _origin: origin.Origin = PrivateAttr(default=origin.Origin())

    def __init__(self, _env_file: Path | str | None = _FIND, **values: object) -> None:
        fields = type(self).model_fields
        if _env_file is None:
            file = EnvFile()
        elif _env_file == _FIND:
            file = load_env_file(fields)
        else:
            file = read_env_file(Path(_env_file), fields)
        # pydantic-settings would read the file with interpolation, and ahead of our own errors.
        from_file = {name: text for name, text in file.values.items() if name not in os.environ}
        given = cast("dict[str, Any]", {**from_file, **values})
        layers: dict[str, Mapping[str, object]] = {
            "the program": values,
            "the environment": os.environ,
            str(file.path): from_file,
        }
        names = {
            name: layer
            for layer, found in reversed(layers.items())
            for name in fields
            if not _is_blank(found.get(name, ""))
        }
        stated = {name: _plain(layers[layer][name]) for name, layer in names.items()}
        is_foreign = PASSWORD in stated and names[PASSWORD] != str(file.path)
        if is_foreign or origin.asks_further(stated):
            refuse_foreign_address(file, from_file.keys() - values.keys())
        where, fetched = origin.find(stated, names)
        try:
            super().__init__(_env_file=None, **{**given, **fetched})
        except ValidationError as error:
            # Not chained: pydantic's errors hold what they were given, the password too.
            raise _configuration_error(error, file.path) from None
        self._origin = where

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, values: Mapping[str, object]) -> dict[str, object]:
        return {name: value for name, value in values.items() if not _is_blank(value)}


class DatabaseSettings(MigrationSettings):
    """Everything that can be set; ``.env.example`` documents each variable."""

    DB_HOST: Host = "localhost"
    DB_PORT: Port = 5432
    DB_USER: Text
    DB_PASSWORD: Secret
    DB_NAME: Text
    DB_SSLMODE: SslMode = "prefer"
    DB_POOLER: Pooler | None = None
    DB_APPLICATION_NAME: Text = "monps-db"
    DB_REQUIRE_AUTH: Authentication | None = None
    DB_CONNECT_TIMEOUT: Duration = timedelta(seconds=10)
    DB_NETWORK_TIMEOUT: Duration = NETWORK_TIMEOUT
    DB_COMMAND_TIMEOUT: Duration = timedelta(minutes=5)
    DB_STATEMENT_TIMEOUT: Duration | None = None
    DB_LOCK_TIMEOUT: Duration | None = None
    DB_IDLE_IN_TRANSACTION_TIMEOUT: Duration | None = None
    DB_CHECK_TIMEOUT: Duration = timedelta(minutes=10)
    DB_POOL_SIZE: PositiveCount = 5
    DB_MAX_OVERFLOW: Count = 10
    DB_POOL_TIMEOUT: Seconds = 30
    DB_POOL_RECYCLE: Recycle = 3600
    DB_ECHO: Flag = False
    DB_REQUIRE_SCHEMA: Flag = False
    DB_REPLICA_HOSTS: Replicas = ()
    DB_REPLICA_WAIT: Duration = timedelta(seconds=1)
    DB_REPLICA_MAX_LAG: Duration | None = None
    DB_REPLICA_RETRY: Duration = timedelta(seconds=5)
    DB_SCRATCH_URL: ScratchUrl | None = None
    DB_SECRETS_DIR: Text | None = None
    DB_VAULT_PATH: Text | None = None
    DB_VAULT_ADDR: VaultUrl | None = None
    DB_VAULT_AUTH: VaultAuth = "token"
    DB_VAULT_ROLE: Text | None = None
    DB_VAULT_FILE: Text | None = None

    def __init__(self, _env_file: Path | str | None = _FIND, **values: object) -> None:
        # Written out, because the signature that pydantic would make has the fields alone.
        super().__init__(_env_file, **values)

    @property
    def sync_database_url(self) -> URL:
        """The database's URL for psycopg2, password included; ``str()`` masks it."""
        return self._url(self.DB_PASSWORD.get_secret_value())

    @property
    def async_database_url(self) -> URL:
        """The database's URL for asyncpg, password included; ``str()`` masks it."""
        return self.sync_database_url.set(drivername=ASYNC_DRIVER)

    @property
    def display_url(self) -> str:
        """The database's URL without the password, for people to read."""
        return self._url(None).render_as_string()

    @property
    def credential_source(self) -> Source | None:
        """What is asked for user and password at each new connection; None where both are given."""
        return self._origin.source

    @property
    def credentials(self) -> Credentials:
        """User and password that are valid now.

        Raises:
            ConfigurationError: The source that they come from refuses, or cannot be read.
        """
        from core.credentials.values import Credentials

        if self._origin.source is not None:
            return self._origin.source.now()
        return Credentials(self.DB_USER, self.DB_PASSWORD.get_secret_value())

    def opened(self, connect: Callable[[str, str], _Made]) -> _Made:
        """Open a connection with the credentials that are valid now.

        Args:
            connect: Opens one, as the user and with the password that it is given.

        Raises:
            ConfigurationError: The source that they come from refuses, or cannot be read.
            Exception: What ``connect`` raised.
        """
        source = self._origin.source
        if source is None:
            return connect(self.DB_USER, self.DB_PASSWORD.get_secret_value())
        from core.credentials.connecting import opened

        return opened(self, source, lambda given: connect(given.user, given.password))

    @property
    def credentials_from(self) -> Mapping[str, str]:
        """Which source ``DB_USER`` and ``DB_PASSWORD`` came from, for people to read."""
        return self._origin.names

    @property
    def scratch_url(self) -> URL | None:
        """The server for scratch databases, password included."""
        secret = self.DB_SCRATCH_URL
        return None if secret is None else parse_scratch_url(secret.get_secret_value())

    @property
    def connect_args(self) -> dict[str, str | int]:
        """What the application's connections are opened with, beside the URL."""
        # A pooler would refuse them, drop them, or leave them to whoever gets the session next.
        return self._connect_args(settings={} if self.DB_POOLER else self.limits)

    @property
    def limits(self) -> dict[str, int]:
        """The time-outs of the application's sessions, in milliseconds."""
        return limits(
            statement_timeout=self.DB_STATEMENT_TIMEOUT,
            lock_timeout=self.DB_LOCK_TIMEOUT,
            idle_in_transaction_session_timeout=self.DB_IDLE_IN_TRANSACTION_TIMEOUT,
        )

    @property
    def migration_limits(self) -> dict[str, int]:
        """The time-outs of a migration's session, in milliseconds."""
        return self._tool_limits(self.MIGRATION_STATEMENT_TIMEOUT)

    @property
    def migration_connect_args(self) -> dict[str, str | int]:
        """What a migration's connection is opened with, beside the URL."""
        return self._tool_args(self.MIGRATION_STATEMENT_TIMEOUT)

    @property
    def check_limits(self) -> dict[str, int]:
        """The time-outs of a session that only reads, in milliseconds."""
        return self._tool_limits(self.DB_CHECK_TIMEOUT)

    @property
    def driver_args(self) -> dict[str, str | int]:
        """What the driver itself takes for a session that only reads, beside the credentials."""
        return {
            **self._tool_args(self.DB_CHECK_TIMEOUT),
            "host": self.DB_HOST,
            "port": self.DB_PORT,
            "dbname": self.DB_NAME,
        }

    def at_replica(self, replica: Replica) -> Self:
        """Return the same settings for one of ``DB_REPLICA_HOSTS``."""
        port = self.DB_PORT if replica.port is None else replica.port
        return self.model_copy(update={"DB_HOST": replica.host, "DB_PORT": port})

    def _url(self, password: str | None) -> URL:
        # What goes to the database by the driver alone does not wait for this import.
        from sqlalchemy import URL

        # A folder cannot stand where a URL has its host; libpq takes it from the query.
        is_socket = self.DB_HOST.startswith("/")
        return URL.create(
            DRIVER,
            username=self.DB_USER,
            password=password,
            host=None if is_socket else self.DB_HOST,
            port=None if is_socket else self.DB_PORT,
            database=self.DB_NAME,
            query={"host": self.DB_HOST, "port": str(self.DB_PORT)} if is_socket else {},
        )

    @property
    def accepted_authentication(self) -> str:
        """How the server may ask for the password, as libpq's ``require_auth``."""
        return accepted_authentication(self.DB_HOST, self.DB_SSLMODE, self.DB_REQUIRE_AUTH)

    def _tool_args(self, statement_timeout: timedelta | None) -> dict[str, str | int]:
        settings = self._tool_limits(statement_timeout)
        return self._connect_args(UNQUALIFIED_IS_PUBLIC, settings=settings)

    def _tool_limits(self, statement_timeout: timedelta | None) -> dict[str, int]:
        return limits(
            # It waits for other migrators, and between attempts, outside a transaction.
            idle_session_timeout=timedelta(),
            # Within one it may have much to do besides; see also lift_transaction_timeout().
            idle_in_transaction_session_timeout=timedelta(),
            statement_timeout=statement_timeout,
            lock_timeout=self.MIGRATION_LOCK_TIMEOUT,
        )

    def _connect_args(self, *given: str, settings: Mapping[str, int]) -> dict[str, str | int]:
        return {
            **network_args(self.DB_NETWORK_TIMEOUT),
            "application_name": self.DB_APPLICATION_NAME,
            "connect_timeout": whole_seconds(self.DB_CONNECT_TIMEOUT),
            "sslmode": self.DB_SSLMODE,
            # Always said, or libpq would take PGREQUIREAUTH from the environment.
            "require_auth": self.accepted_authentication,
            **options(*given, settings=settings),
        }


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _is_blank(value: object) -> bool:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    return isinstance(text, str) and not text.strip()


def _configuration_error(error: ValidationError, file: Path | None) -> ConfigurationError:
    problems = error.errors(include_url=False, include_context=False)
    # A dict keeps one line per variable, in order.
    lines = {problem["loc"][0]: _line(problem) for problem in problems}
    source = f"the environment or {file}" if file else "the environment or a file .env"
    return ConfigurationError(
        "\n".join(lines.values()), remedy=f"set it in {source}, as .env.example shows"
    )


def _line(problem: ErrorDetails) -> str:
    name = str(problem["loc"][0])
    if problem["type"] == "missing":
        return f"{name}: is missing or blank, see .env.example"
    shape = _shape(name)
    value = f", not {reprlib.repr(problem['input'])}" if shape.echo else ""
    return f"{name}: should be {shape.text}{value}"


def _shape(name: str) -> Shape:
    field = DatabaseSettings.model_fields[name]
    # An optional setting carries its shape one level down, on the part that is not None.
    parts = [getattr(part, "__metadata__", ()) for part in get_args(field.annotation)]
    found = (item for part in (field.metadata, *parts) for item in part if isinstance(item, Shape))
    return next(found, Shape("something else", echo=False))


def _forget_attribute() -> None:
    # A test that replaced the attribute and put it back has left the old settings there.
    globals().pop("settings", None)


get_settings = Once(DatabaseSettings, forget=_forget_attribute)

settings: DatabaseSettings


def __getattr__(name: str) -> DatabaseSettings:
    if name == "settings":
        return get_settings()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
