"""The values that a source of credentials returns."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, runtime_checkable

from core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

USER: Final = "DB_USER"
PASSWORD: Final = "DB_PASSWORD"  # noqa: S105 - the name of a setting
KEYS: Final = {USER: "username", PASSWORD: "password"}
"""The key of each variable in a secret, in Vault as in AWS."""
_DUE: Final = 1 / 2
_RETIRED: Final = 2 / 3


@dataclass(slots=True)
class Lease:
    """The time until which credentials are valid, by ``time.monotonic()``; it can be extended.

    Attributes:
        due: The time at which to renew or replace the credentials.
        until: The time after which no work should begin on a connection with these credentials.
    """

    due: float
    until: float

    @classmethod
    def from_seconds(cls, begun: float, seconds: float) -> Self:
        """Return a lease that begins at a given time and lasts a number of seconds."""
        return cls(begun + seconds * _DUE, begun + seconds * _RETIRED)

    def extend(self, begun: float, seconds: float) -> None:
        """Extend the lease after its renewal."""
        longer = Lease.from_seconds(begun, seconds)
        self.due, self.until = max(self.due, longer.due), max(self.until, longer.until)

    def is_due(self) -> bool:
        """Whether it is time to renew the lease, or to fetch other credentials."""
        return time.monotonic() >= self.due

    def ends_soon(self) -> bool:
        """Whether no more work should begin with these credentials."""
        return time.monotonic() >= self.until


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password.

    Attributes:
        user: The name of the role.
        password: The password of the role; kept out of the repr.
        lease: The time for which the credentials may be used; None for credentials without an end.
    """

    user: str
    password: str = field(repr=False)
    lease: Lease | None = field(default=None, compare=False)

    @classmethod
    def from_secret(
        cls, data: Mapping[str, Any], stated: Mapping[str, str], *, where: str
    ) -> Credentials:
        """Read the credentials from a secret with ``username`` and ``password``.

        Args:
            data: The content of the secret.
            stated: The variables that are given elsewhere, and not looked for in the secret.
            where: The name of the secret in messages.

        Raises:
            ConfigurationError: A key is missing, or the secret is that of another user.
        """
        user, given = data.get(KEYS[USER]), stated.get(USER)
        if user is not None and given is not None and user != given:
            raise ConfigurationError(
                f"the password at {where} belongs to another user than DB_USER ({given!r})",
                remedy="leave DB_USER blank, or correct it",
            )
        values: dict[str, Any] = {**{name: data.get(key) for name, key in KEYS.items()}, **stated}
        for name, value in values.items():
            if not isinstance(value, str) or not value.strip() or "\0" in value:
                raise ConfigurationError(
                    f"the secret at {where} has no usable text under {KEYS[name]!r}",
                    remedy=f"write it there, or set {name}",
                )
        return cls(values[USER], values[PASSWORD])


class Source(Protocol):
    """A source of credentials, which may change while the program runs."""

    @property
    def names(self) -> Mapping[str, str]:
        """The source of ``DB_USER`` and of ``DB_PASSWORD``, as readable text."""

    def now(self) -> Credentials:
        """Return the current credentials.

        Raises:
            ConfigurationError: The source refuses the request, or does not contain the credentials.
            CredentialsUnavailableError: The source cannot be reached at this time.
        """

    def replacement(self, refused: Credentials) -> Credentials:
        """Return the credentials to try after a refusal; the same if there are no others.

        Raises:
            MonpsError: An error of :meth:`now`.
        """


@runtime_checkable
class SourceOfOneServer(Source, Protocol):
    """A source of credentials that only one server accepts."""

    def at(self, host: str, port: int) -> Source:
        """Return the source for another server of the same database."""
