"""Which source user and password come from.

The program, the environment and ``.env`` come first. The further ones (``core.credentials``) are
imported only where a setting names one, and a credential is not given before.
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
FURTHER: Final = frozenset({"DB_SECRETS_DIR", "DB_VAULT_PATH"})
"""The settings that name a further source."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the credentials of settings come from; equal settings may have them from anywhere.

    Attributes:
        names: Of each of ``DB_USER`` and ``DB_PASSWORD``, for people to read.
        source: What is asked again for each new connection, if anything is.
    """

    names: Mapping[str, str] = field(default_factory=dict, compare=False)
    source: Source | None = field(default=None, compare=False)


def asks_further(stated: Mapping[str, str]) -> bool:
    """Whether a credential is not stated, and a further source is named."""
    return not (FURTHER.isdisjoint(stated) or stated.keys() >= set(CREDENTIALS))


def find(stated: Mapping[str, str], names: Mapping[str, str]) -> tuple[Origin, dict[str, str]]:
    """Look in the further sources for the credentials that are not stated.

    Args:
        stated: The settings that are given and not blank.
        names: Where each of them is given.

    Returns:
        The origin of both, and the values that were found beside those stated.

    Raises:
        ConfigurationError: A source refuses, or cannot be read.
    """
    given = {name: stated[name] for name in CREDENTIALS if name in stated}
    origin = Origin({name: names[name] for name in given})
    fetched: dict[str, str] = {}
    if (folder := stated.get("DB_SECRETS_DIR")) and len(given) < len(CREDENTIALS):
        from core.credentials.files import SecretFiles

        files = SecretFiles(Path(folder), given)
        fetched = files.read(warns=True)
        given = {**given, **fetched}
        origin = Origin({**origin.names, **files.names}, files)
    if "DB_VAULT_PATH" in stated and len(given) < len(CREDENTIALS):
        from core.credentials.vault import Place, Vault

        try:
            vault = Vault(Place.of(stated), given)
        except ValueError:  # of a setting, which is told with all others that are wrong
            return origin, fetched
        now = vault.now()
        fetched = {**fetched, **dict(zip(CREDENTIALS, (now.user, now.password), strict=True))}
        origin = Origin({**origin.names, **vault.names}, vault)
    return origin, fetched
