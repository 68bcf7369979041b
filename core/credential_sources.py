"""Choose the source of the user and the password.

The program, the environment and ``.env`` come first. The other sources (``core.credentials``) are
imported only if a setting names one and a credential is still missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.env_file import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.credentials.values import Source

CREDENTIALS: Final = ("DB_USER", PASSWORD)
FURTHER: Final = frozenset({"DB_SECRETS_DIR", "DB_VAULT_PATH", "DB_AWS_SECRET", "DB_AWS_AUTH"})
"""The settings that name a source of credentials other than variables and ``.env``."""


@dataclass(frozen=True, slots=True)
class CredentialSources:
    """The sources of the credentials that the settings name.

    Attributes:
        names: The source of ``DB_USER`` and of ``DB_PASSWORD``, as readable text.
        source: The source that is asked for each new connection; None when both are given.
    """

    names: Mapping[str, str] = field(default_factory=dict, compare=False)
    source: Source | None = field(default=None, compare=False)

    def at(self, host: str, port: int) -> CredentialSources:
        """Return the sources of the credentials for another server."""
        if self.source is None:
            return self
        from core.credentials.values import SourceOfOneServer

        if isinstance(self.source, SourceOfOneServer):
            return CredentialSources(self.names, self.source.at(host, port))
        return self  # A standby has the roles and passwords of its primary.


def asks_further(stated: Mapping[str, str]) -> bool:
    """Whether a credential is missing, and a setting names another source for it."""
    return not (FURTHER.isdisjoint(stated) or stated.keys() >= set(CREDENTIALS))


def find(
    stated: Mapping[str, str], names: Mapping[str, str]
) -> tuple[CredentialSources, dict[str, str]]:
    """Look in the other sources for the credentials that no setting gives.

    Args:
        stated: The settings that are given and not blank.
        names: The source of each of these settings, as readable text.

    Returns:
        The sources of user and password, and the values that these sources gave.

    Raises:
        ConfigurationError: A source refuses, or cannot be read.
    """
    given = {name: stated[name] for name in CREDENTIALS if name in stated}
    found = CredentialSources({name: names[name] for name in given})
    fetched: dict[str, str] = {}
    if (folder := stated.get("DB_SECRETS_DIR")) and len(given) < len(CREDENTIALS):
        from core.credentials.files import SecretFiles

        files = SecretFiles(Path(folder), given)
        fetched = files.read(warns=True)
        given = {**given, **fetched}
        found = CredentialSources({**found.names, **files.names}, files)
    if len(given) < len(CREDENTIALS):
        source = _server(stated, given)
        if source is not None:
            now = source.now()
            fetched = {**fetched, **dict(zip(CREDENTIALS, (now.user, now.password), strict=True))}
            found = CredentialSources({**found.names, **source.names}, source)
    return found, fetched


def _server(stated: Mapping[str, str], given: Mapping[str, str]) -> Source | None:
    """Return the server that provides missing credentials; None if no setting names one.

    The result is also None if a setting is wrong; the error for it lists all wrong settings.
    """
    region = stated.get("DB_AWS_REGION")
    try:
        if "DB_VAULT_PATH" in stated:
            from core.credentials.vault import Vault, VaultPath

            return Vault(VaultPath.from_settings(stated), given)
        if "DB_AWS_SECRET" in stated:
            from core.credentials.aws import Secret

            return Secret(stated["DB_AWS_SECRET"], region, given)
        if stated.get("DB_AWS_AUTH") == "iam" and PASSWORD not in given:
            from core.credentials.aws import Token, refuse_clear_text

            host = stated.get("DB_HOST", "localhost")
            refuse_clear_text(host, stated.get("DB_SSLMODE", "prefer"))
            return Token(host, int(stated.get("DB_PORT", "5432")), region, given)
    except ValueError:
        pass
    return None
