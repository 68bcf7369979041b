"""The settings that a URL of PostgreSQL states, under the names that a target gives them."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from schemaproof.connection.connect_args import (
    UNQUALIFIED_IS_PUBLIC,
    accepted_authentication,
    network_args,
    options,
)
from schemaproof.connection.migration_settings import MigrationValues

if TYPE_CHECKING:
    from collections.abc import Mapping

# Advice uses these names for settings that come from a URL.
_IN_URL: Final[Mapping[str, str]] = {
    "host": "the host",
    "port": "the port",
    "user": "the user",
    "password": "the password",
    "database": "the database",
    "sslmode": "sslmode",
    "session_attributes": "target_session_attrs",
}
_ASIDE: Final = frozenset({"user", "password"})


@dataclass(frozen=True, slots=True)
class Password:
    """Text that ``repr()`` does not show."""

    text: str = field(repr=False)

    def get_secret_value(self) -> str:
        """Return the text."""
        return self.text


@dataclass(frozen=True, slots=True)
class Account:
    """The user and the password of a connection."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UrlSettings(MigrationValues):
    """Settings from a URL, or from libpq's variables.

    Attributes:
        parts: libpq's parameters.
        source: The source of the settings, as messages name it.
        url: The URL; None if the project itself names the database.
        environ: The environment variables; the driver reads libpq's variables itself.
    """

    parts: Mapping[str, str] = field(default_factory=dict, repr=False)
    source: str = ""
    url: str | None = field(default=None, repr=False)
    environ: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    application_name: str = "schemaproof"
    connect_timeout: timedelta = timedelta(seconds=10)

    @property
    def variables(self) -> Mapping[str, str]:
        """The names of the settings in messages."""
        return {name: f"{part} in {self.source}" for name, part in _IN_URL.items()}

    @property
    def host(self) -> str:
        """The host, or the folder of a Unix socket."""
        return self.parts.get("host") or "localhost"

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """The servers, each with its port."""
        hosts = self.host.split(",")
        ports = self.parts.get("port", "5432").split(",")
        return tuple(
            (host, int(ports[-1 if len(ports) == 1 else place] or 5432))
            for place, host in enumerate(hosts)
        )

    @property
    def session_attributes(self) -> str:
        """The value for libpq's ``target_session_attrs``."""
        return self.parts.get("target_session_attrs", "any")

    @property
    def user(self) -> str:
        """The role; the user of the operating system when none is named, as for libpq."""
        return self.parts.get("user") or getpass.getuser()

    @property
    def current_user(self) -> str:
        """The role that connects."""
        return self.user

    @property
    def password(self) -> Password:
        """The password."""
        return Password(self.parts.get("password", ""))

    @property
    def credentials(self) -> Account:
        """User and password."""
        return Account(self.user, self.password.text)

    @property
    def database(self) -> str:
        """The database; named like the role when none is named, as for libpq."""
        return self.parts.get("dbname") or self.user

    @property
    def sslmode(self) -> str:
        """The value for libpq's ``sslmode``."""
        return self.parts.get("sslmode", "prefer")

    @property
    def accepted_authentication(self) -> str:
        """The value for libpq's ``require_auth``."""
        chosen = self.parts.get("require_auth")
        return accepted_authentication(self.host, self.sslmode, chosen)

    @property
    def driver_args(self) -> dict[str, str | int]:
        """Arguments for psycopg2, without the user and the password."""
        return {
            **network_args(),
            **{name: text for name, text in self.parts.items() if name not in _ASIDE},
            "application_name": self.application_name,
            "connect_timeout": int(self.connect_timeout.total_seconds()),
            "host": self.host,
            "dbname": self.database,
            "require_auth": self.accepted_authentication,
            **options(self.parts.get("options", ""), UNQUALIFIED_IS_PUBLIC, settings=self.limits),
        }

    @property
    def migration_connect_args(self) -> dict[str, str | int]:
        """The arguments of the driver, which are those of every connection."""
        return self.driver_args

    @property
    def connect_args(self) -> dict[str, str | int]:
        """The arguments of the driver, which are those of every connection."""
        return self.driver_args
