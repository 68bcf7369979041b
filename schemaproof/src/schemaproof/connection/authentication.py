"""The ways in which a server asks for a password, and those that are allowed (manual, 55.2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemaproof.errors import ConfigurationError
from schemaproof.setting_names import with_names

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS: Final[Mapping[int, str]] = {
    0: "none",
    3: "password",
    5: "md5",
    7: "gss",
    8: "gss",
    9: "sspi",
    10: "scram-sha-256",
    11: "scram-sha-256",
    12: "scram-sha-256",
}
"""The names that libpq has for the authentication requests of the protocol, by number."""


def is_accepted(method: int, accepted: str) -> bool:
    """Whether a request for authentication may be answered.

    Args:
        method: The number of the request; 0, without a request before, is a session without a
            password.
        accepted: The value of libpq's ``require_auth``.
    """
    names = accepted.split(",")
    name = METHODS.get(method, "unknown")
    if names[0].startswith("!"):
        return f"!{name}" not in names
    return name in names


def refusal(method: int, accepted: str, variables: Mapping[str, str]) -> ConfigurationError:
    """Return the error for a server that requires an authentication that the settings refuse.

    Args:
        method: The number of its request.
        accepted: The value of libpq's ``require_auth``.
        variables: The user's names of settings, by the names of ``schemaproof.setting_names``.
    """
    name = METHODS.get(method, str(method))
    allow = with_names(f"allow it: $authentication={accepted},{name}", variables)
    if name == "none":
        return ConfigurationError(
            "the server asks for no password, so nothing proves who it is", remedy=allow
        )
    how = "in clear text" if name == "password" else f"by the method {name}"
    return ConfigurationError(
        f"the server asks for the password {how}, and it was not sent",
        remedy="have the server use scram-sha-256, prove who it is by TLS "
        + with_names("($sslmode=verify-full)", variables)
        + f", or {allow}",
    )
