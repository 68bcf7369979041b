"""Translate errors of Vault into messages that repeat no data sent to it or received from it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.errors import ConfigurationError, CredentialsUnavailableError, MonpsError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def translated(path: str, method: str) -> Iterator[None]:
    """Translate the errors of hvac, and of the HTTP library that it uses.

    Raises:
        ConfigurationError: Vault refuses the request.
        CredentialsUnavailableError: Vault does not answer, or reports a temporary fault.
    """
    from hvac.exceptions import VaultError
    from requests.exceptions import RequestException

    try:
        yield
    except VaultError as error:
        # The error is not chained, because its text may contain what was sent.
        raise _refusal(error, path, method) from None
    except RequestException as error:
        raise _no_answer(error) from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise malformed() from None


def malformed() -> MonpsError:
    """Return the error for a response that does not come from Vault."""
    return ConfigurationError(
        "the server that answers is not Vault: its answer has another form",
        remedy="correct DB_VAULT_ADDR",
    )


def _refusal(error: Exception, path: str, method: str) -> MonpsError:
    from hvac import exceptions

    if isinstance(error, (exceptions.Forbidden, exceptions.Unauthorized)):
        return ConfigurationError(
            f"Vault denies reading {path} (logged in by {method})",
            remedy="the token has expired, or its policy does not allow 'read' there: renew"
            " the login (VAULT_TOKEN, DB_VAULT_FILE), or grant it",
        )
    if isinstance(error, (exceptions.InvalidRequest, exceptions.InvalidPath)):
        return ConfigurationError(
            f"Vault refuses the login by {method}, or has no role for {path}",
            remedy="check DB_VAULT_AUTH, DB_VAULT_ROLE, DB_VAULT_FILE and DB_VAULT_PATH",
        )
    if isinstance(error, (exceptions.VaultDown, exceptions.VaultNotInitialized)):
        return CredentialsUnavailableError(
            "Vault is sealed, or not ready", remedy="unseal it, or try again in a moment"
        )
    return CredentialsUnavailableError(
        f"Vault could not read {path} ({type(error).__name__})",
        remedy="look into its log, and try again",
    )


def _no_answer(error: Exception) -> MonpsError:
    from requests import exceptions

    if isinstance(error, exceptions.SSLError):
        return CredentialsUnavailableError(
            "the certificate of Vault was not accepted", remedy="check DB_VAULT_ADDR, VAULT_CACERT"
        )
    if isinstance(error, ValueError):  # The URL was invalid, or the response was not JSON.
        return malformed()
    return CredentialsUnavailableError(
        "Vault does not answer", remedy="start it, or correct DB_VAULT_ADDR"
    )
