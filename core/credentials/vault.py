"""Credentials from HashiCorp Vault or OpenBao, by hvac: a KV secret, or a database role.

A secret is kept until half of its lease is over; then the lease is renewed, or replaced when Vault
grants less time (its maximum is near). A secret without a lease is kept until the server refuses
it. So Vault is asked rarely, and the program works while Vault is down for a short time.
"""

from __future__ import annotations

import importlib.util
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, get_args

from core.credentials.cached import CachedSource
from core.credentials.values import KEYS, Credentials, Lease
from core.credentials.vault_errors import malformed, translated
from core.errors import ConfigurationError
from core.setting_types import VAULT_URL, VaultMethod, vault_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SERVICE_ACCOUNT: Final = "/var/run/secrets/kubernetes.io/serviceaccount/token"
_TIMEOUT: Final = 5


@dataclass(frozen=True, slots=True)
class VaultPath:
    """The path of a secret, and how to log in; ``.env.example`` explains each setting.

    Attributes:
        path: ``DB_VAULT_PATH``.
        address: ``DB_VAULT_ADDR``, else ``VAULT_ADDR``.
        method: ``DB_VAULT_AUTH``.
        role: ``DB_VAULT_ROLE``.
        file: ``DB_VAULT_FILE``.
    """

    path: str
    address: str
    method: str = "token"
    role: str | None = None
    file: str | None = None

    @classmethod
    def from_settings(cls, stated: Mapping[str, str]) -> Self:
        """Return the path and the login that the settings name.

        Raises:
            ValueError: A setting is wrong.
            ConfigurationError: No server is named, or ``VAULT_ADDR`` is wrong.
        """
        method = stated.get("DB_VAULT_AUTH", "token")
        if method not in get_args(VaultMethod):
            raise ValueError("not a method")
        address = stated.get("DB_VAULT_ADDR")
        return cls(
            stated["DB_VAULT_PATH"].strip("/"),
            _environment_address() if address is None else vault_url(address),
            method,
            stated.get("DB_VAULT_ROLE"),
            stated.get("DB_VAULT_FILE"),
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """The values needed to renew a lease.

    Attributes:
        lease_id: The identifier of the lease.
        seconds: The duration of the lease.
        token: The token that created it; left out of the repr.
        token_is_renewable: Whether the token can be renewed, too.
    """

    lease_id: str
    seconds: int
    token: str = field(repr=False)
    token_is_renewable: bool


class Vault(CachedSource):
    """A source that reads one secret of Vault.

    Args:
        place: The path of the secret, and the login.
        stated: The variables that have a value elsewhere.

    Raises:
        ConfigurationError: The extra ``vault`` is not installed.
    """

    def __init__(self, place: VaultPath, stated: Mapping[str, str]) -> None:
        if importlib.util.find_spec("hvac") is None:
            raise ConfigurationError("hvac is not installed", remedy="pip install '.[vault]'")
        super().__init__(stated)
        self._place = place
        self._held: _Held | None = None

    @property
    def names(self) -> dict[str, str]:
        """The path of the secret for each variable that it provides, for messages."""
        return {name: f"Vault, {self._place.path}" for name in KEYS if name not in self._stated}

    def _fetch(self, refused: Credentials | None) -> Credentials:  # noqa: ARG002 - read anew anyway
        begun = time.monotonic()
        with self._client() as client:
            token_seconds, token_is_renewable = _log_in(client, self._place)
            answer = client.read(self._place.path)
            made = self._credentials(answer)
            seconds = _seconds(answer, token_seconds)
            self._held = None
            if seconds is None:
                return made
            if answer.get("renewable"):
                self._held = _Held(answer["lease_id"], seconds, client.token, token_is_renewable)
        return replace(made, lease=Lease.from_seconds(begun, seconds))

    def _is_renewed(self, kept: Credentials) -> bool:
        held = self._held
        if held is None or kept.lease is None:
            return False
        begun = time.monotonic()
        try:
            with self._client(held.token) as client:
                if held.token_is_renewable:
                    client.auth.token.renew_self()
                answer = client.sys.renew_lease(held.lease_id)
                seconds = min(answer["lease_duration"], _token_seconds(client) or held.seconds)
        except ConfigurationError:
            # The lease has expired, or the policy of the token does not allow its renewal.
            return False
        kept.lease.extend(begun, seconds)
        return bool(seconds >= held.seconds)

    @contextmanager
    def _client(self, token: str | None = None) -> Iterator[Any]:
        from hvac import Client

        with translated(self._place.path, self._place.method):
            client = Client(url=self._place.address, token=token, timeout=_TIMEOUT)
            try:
                yield client
            finally:
                client.adapter.close()

    def _credentials(self, answer: Any) -> Credentials:
        if answer is None:
            raise ConfigurationError(
                f"Vault has no secret at {self._place.path}",
                remedy="correct DB_VAULT_PATH; with KV version 2 it is mount/data/name",
            )
        data = answer.get("data") if isinstance(answer, dict) else None
        if isinstance(data, dict) and "metadata" in data and "data" in data:
            data = data["data"]  # Version 2 of the KV engine returns the secret one level deeper.
        if not isinstance(data, dict):
            raise malformed()
        return Credentials.from_secret(data, self._stated, where=self._place.path)


def _environment_address() -> str:
    # VAULT_ADDR is read by the other programs for Vault, too.
    try:
        return vault_url(os.environ.get("VAULT_ADDR", ""))
    except ValueError:
        raise ConfigurationError(
            f"VAULT_ADDR should be {VAULT_URL}", remedy="correct it, or set DB_VAULT_ADDR"
        ) from None


def _log_in(client: Any, place: VaultPath) -> tuple[int | None, bool]:
    """Log in; return how many seconds the token lasts, if it ends, and whether it is renewable."""
    if place.method == "token":
        if place.file is not None:
            client.token = _content(place.file)
        if not client.token:
            raise ConfigurationError(
                "there is no token for Vault", remedy="set VAULT_TOKEN, or DB_VAULT_FILE"
            )
        # The program that created the token renews it, so it is not renewable here.
        return _token_seconds(client), False
    if place.role is None:
        raise ConfigurationError(
            f"DB_VAULT_AUTH is {place.method}, and there is no role", remedy="set DB_VAULT_ROLE"
        )
    if place.method == "kubernetes":
        jwt = _content(place.file or _SERVICE_ACCOUNT)
        answer = client.auth.kubernetes.login(role=place.role, jwt=jwt)
    else:
        secret = None if place.file is None else _content(place.file)
        answer = client.auth.approle.login(role_id=place.role, secret_id=secret)
    told = answer["auth"]
    return told["lease_duration"] or None, bool(told.get("renewable"))


def _token_seconds(client: Any) -> int | None:
    """Return how long the token is still valid; the leases made with it end with it."""
    from hvac.exceptions import Forbidden

    try:
        return client.auth.token.lookup_self()["data"]["ttl"] or None
    except Forbidden:
        # The policy of the token does not allow it to read its own properties.
        return None


def _seconds(answer: Any, longest: int | None) -> int | None:
    if not answer.get("lease_id"):
        return None
    given = [each for each in (answer.get("lease_duration"), longest) if each]
    return min(given, default=None)


def _content(path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(
            f"{path} cannot be read: {reason}", remedy="correct DB_VAULT_FILE"
        ) from None
    if not text:
        raise ConfigurationError(f"{path} is blank", remedy="correct DB_VAULT_FILE")
    return text
