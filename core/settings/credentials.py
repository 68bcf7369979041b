"""User and password: given, or fetched from another source for each new connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from core.errors import MonpsError
from core.setting_types import AwsAuth, Secret, Text, VaultAuth, VaultUrl
from core.settings.base import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.credentials.values import Credentials, Source


class CredentialSettings(Settings):
    """The credentials, and their source; see ``docs/secrets.md``."""

    DB_USER: Text
    DB_PASSWORD: Secret
    DB_SECRETS_DIR: Text | None = None
    DB_VAULT_PATH: Text | None = None
    DB_VAULT_ADDR: VaultUrl | None = None
    DB_VAULT_AUTH: VaultAuth = "token"
    DB_VAULT_ROLE: Text | None = None
    DB_VAULT_FILE: Text | None = None
    DB_AWS_SECRET: Text | None = None
    DB_AWS_AUTH: AwsAuth | None = None
    DB_AWS_REGION: Text | None = None

    @property
    def user(self) -> str:
        """The name of the role."""
        return self.DB_USER

    @property
    def password(self) -> SecretStr:
        """The password of the role."""
        return self.DB_PASSWORD

    @property
    def credential_source(self) -> Source | None:
        """The source of user and password for each new connection; None when both are given."""
        return self._sources.source

    @property
    def credentials(self) -> Credentials:
        """The current user and password.

        Raises:
            ConfigurationError: Their source refuses, or cannot be read.
        """
        from core.credentials.values import Credentials

        if self._sources.source is not None:
            return self._sources.source.now()
        return Credentials(self.DB_USER, self.DB_PASSWORD.get_secret_value())

    @property
    def current_user(self) -> str:
        """The current user; the user at start-up if the source does not answer."""
        try:
            return self.credentials.user
        except MonpsError:
            return self.DB_USER

    @property
    def credentials_from(self) -> Mapping[str, str]:
        """The source of ``DB_USER`` and ``DB_PASSWORD``, as readable text."""
        return self._sources.names
