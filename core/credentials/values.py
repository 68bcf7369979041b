"""What a source of credentials gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

USER: Final = "DB_USER"
PASSWORD: Final = "DB_PASSWORD"  # noqa: S105 - the name of a setting


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password.

    Attributes:
        user: The role.
        password: Its password; kept out of the repr.
        until: When no more work should begin on a connection made with them, by
            ``time.monotonic()``; None where they have no end.
    """

    user: str
    password: str = field(repr=False)
    until: float | None = field(default=None, compare=False)


class Source(Protocol):
    """Somewhere that credentials are fetched from, and may change while the program runs."""

    @property
    def names(self) -> Mapping[str, str]:
        """What each of ``DB_USER`` and ``DB_PASSWORD`` is fetched from, for people to read."""

    def now(self) -> Credentials:
        """Return those that are valid now.

        Raises:
            ConfigurationError: The source refuses, or does not hold what is asked of it.
            CredentialsUnavailableError: It cannot be reached at this time.
        """

    def instead_of(self, refused: Credentials) -> Credentials:
        """Return those to try after the server refused some; the same when there are no others.

        Raises:
            MonpsError: As :meth:`now`.
        """
