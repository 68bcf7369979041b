"""Credentials from HashiCorp Vault or OpenBao, by hvac: a secret of KV, or of the database engine.

What is read is kept until half of its lease is over, then replaced; a secret without a lease is
kept until the server refuses it. So Vault is asked seldom, and its short absence is not noticed.
"""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, get_args

from core.credentials.values import PASSWORD, USER, Credentials
from core.credentials.vault_errors import malformed, translated
from core.errors import ConfigurationError, CredentialsUnavailableError
from core.forks import after_fork_in_child
from core.setting_types import VAULT_URL, VaultMethod, vault_url

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS: Final = {USER: "username", PASSWORD: "password"}
_SERVICE_ACCOUNT: Final = "/var/run/secrets/kubernetes.io/serviceaccount/token"
_TIMEOUT: Final = 5
_REPLACED: Final = 1 / 2
_RETIRED: Final = 2 / 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret is, and how to log in there; ``.env.example`` says what each is.

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
    def of(cls, stated: Mapping[str, str]) -> Self:
        """Return what settings say.

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


class Vault:
    """One secret.

    Args:
        place: Where it is.
        stated: The variables that are given elsewhere.

    Raises:
        ConfigurationError: The extra ``vault`` is not installed.
    """

    def __init__(self, place: Place, stated: Mapping[str, str]) -> None:
        if importlib.util.find_spec("hvac") is None:
            raise ConfigurationError(
                "hvac is not installed", remedy="pip install 'monps-db[vault]'"
            )
        self._place = place
        self._stated = stated
        self._kept: Credentials | None = None
        self._replaced_at: float | None = None
        self._renew_lock()
        after_fork_in_child(self, Vault._renew_lock)

    @property
    def names(self) -> dict[str, str]:
        """The path, for each variable that is not given elsewhere."""
        return {name: f"Vault, {self._place.path}" for name in _KEYS if name not in self._stated}

    def now(self) -> Credentials:
        """Return what was read, or read it where half of its time is over."""
        kept = self._kept
        if kept is not None and not self._is_due():
            return kept
        with self._lock:
            if self._kept is None or self._is_due():
                self._replace()
            assert self._kept is not None  # noqa: S101 - for the type checker
            return self._kept

    def instead_of(self, refused: Credentials) -> Credentials:
        """Read it anew, unless somebody has done so since."""
        with self._lock:
            if self._kept is None or self._kept == refused:
                self._kept = self._read()
            return self._kept

    def _is_due(self) -> bool:
        return self._replaced_at is not None and time.monotonic() >= self._replaced_at

    def _replace(self) -> None:
        try:
            self._kept = self._read()
        except CredentialsUnavailableError:
            # Not asked for again by every connection: what is left of its time is enough for that.
            kept = self._kept
            if kept is None or kept.until is None or time.monotonic() >= kept.until:
                raise

    def _read(self) -> Credentials:
        from hvac import Client

        begun = time.monotonic()
        with translated(self._place.path, self._place.method):
            client = Client(url=self._place.address, timeout=_TIMEOUT)
            try:
                longest = _log_in(client, self._place)
                answer = client.read(self._place.path)
            finally:
                client.adapter.close()
        made = self._credentials(answer)
        seconds = _seconds(answer, longest)
        self._replaced_at = None if seconds is None else begun + seconds * _REPLACED
        return made if seconds is None else replace(made, until=begun + seconds * _RETIRED)

    def _credentials(self, answer: Any) -> Credentials:
        if answer is None:
            raise ConfigurationError(
                f"Vault has no secret at {self._place.path}",
                remedy="correct DB_VAULT_PATH; with KV version 2 it is mount/data/name",
            )
        data = answer.get("data") if isinstance(answer, dict) else None
        if isinstance(data, dict) and "metadata" in data and "data" in data:
            data = data["data"]  # KV version 2
        if not isinstance(data, dict):
            raise malformed()
        self._refuse_half_of_a_pair(data.get(_KEYS[USER]))
        values: dict[str, Any] = {name: data.get(key) for name, key in _KEYS.items()}
        values |= self._stated
        for name, value in values.items():
            if not isinstance(value, str) or not value.strip() or "\0" in value:
                raise ConfigurationError(
                    f"the secret at {self._place.path} has no usable text under {_KEYS[name]!r}",
                    remedy=f"write it there, or set {name}",
                )
        return Credentials(values[USER], values[PASSWORD])

    def _refuse_half_of_a_pair(self, user: object) -> None:
        stated = self._stated.get(USER)
        if user is not None and stated is not None and user != stated:
            raise ConfigurationError(
                f"the password at {self._place.path} is of another user than DB_USER ({stated!r})",
                remedy="leave DB_USER blank, or correct it",
            )

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()


def _environment_address() -> str:
    try:
        return vault_url(os.environ.get("VAULT_ADDR", ""))
    except ValueError:
        raise ConfigurationError(
            f"VAULT_ADDR should be {VAULT_URL}", remedy="correct it, or set DB_VAULT_ADDR"
        ) from None


def _log_in(client: Any, place: Place) -> int | None:
    """Log in; return how long the token lasts in seconds, where it is told and has an end."""
    if place.method == "token":
        if place.file is not None:
            client.token = _content(place.file)
        if not client.token:
            raise ConfigurationError(
                "there is no token for Vault", remedy="set VAULT_TOKEN, or DB_VAULT_FILE"
            )
        return None
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
    # Leases end with the token that they were made by.
    return answer["auth"]["lease_duration"] or None


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
