"""Credentials from AWS, by boto3: a secret of Secrets Manager, or IAM tokens.

pydantic-settings has a source for Secrets Manager too. It reads the secret once, when settings are
made, and expects the names of the variables as keys. Here a password is fetched again when the
server refuses it, with a time limit, and the keys are those of the secrets that RDS manages.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import threading
from typing import TYPE_CHECKING, Any, Final, Self

from core.credentials.aws_errors import translated
from core.credentials.cached import CachedSource
from core.credentials.values import KEYS, PASSWORD, USER, Credentials
from core.errors import ConfigurationError
from core.fork_hooks import after_fork_in_child
from core.setting_types import vault_url

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT: Final = 5
_ATTEMPTS: Final = 2
_PROVES_WHO_ANSWERS: Final = ("verify-ca", "verify-full")


class Secret(CachedSource):
    """A secret of Secrets Manager: JSON with ``username`` and ``password``, or only a password.

    Args:
        name: The name or ARN of the secret: ``DB_AWS_SECRET``.
        region: ``DB_AWS_REGION``; None leaves it to boto3.
        stated: The variables that have a value elsewhere.

    Raises:
        ConfigurationError: The extra ``aws`` is not installed.
    """

    def __init__(self, name: str, region: str | None, stated: Mapping[str, str]) -> None:
        _need_boto3()
        super().__init__(stated)
        self._name = name
        self._region = region

    @property
    def names(self) -> dict[str, str]:
        """The name of the secret, for each variable that it provides; shown in messages."""
        where = f"AWS Secrets Manager, {self._name}"
        return {name: where for name in KEYS if name not in self._stated}

    def _fetch(self, refused: Credentials | None) -> Credentials:
        with translated(self._name, self._region):
            client = _client("secretsmanager", self._region)
            try:
                found = self._version(client, "AWSCURRENT")
                if found == refused:
                    # A rotation changes the password before it marks the new version as current.
                    try:
                        return self._version(client, "AWSPENDING")
                    except client.exceptions.ResourceNotFoundException:
                        return found
                return found
            finally:
                client.close()

    def _version(self, client: Any, stage: str) -> Credentials:
        answer = client.get_secret_value(SecretId=self._name, VersionStage=stage)
        if "SecretBinary" in answer:
            raise ConfigurationError(
                f"the secret {self._name} is binary", remedy="write it as text, or as JSON"
            )
        text = answer["SecretString"]
        data = self._parsed(text) if text.lstrip().startswith("{") else {KEYS[PASSWORD]: text}
        return Credentials.from_secret(data, self._stated, where=self._name)

    def _parsed(self, text: str) -> dict[str, Any]:
        try:
            data: dict[str, Any] = json.loads(text)
        except ValueError:
            # The error is not chained, because it contains the text of the secret.
            raise ConfigurationError(
                f"the secret {self._name} starts like JSON, but is not valid JSON",
                remedy='write it as {"username": "...", "password": "..."}',
            ) from None
        return data


class Token:
    """IAM tokens, signed here for each connection and accepted for 15 minutes.

    Args:
        host: The server, as in ``DB_HOST``; only one, because the signed token contains it.
        port: The port of the server.
        region: ``DB_AWS_REGION``; None leaves it to boto3.
        stated: The variables that are given elsewhere, ``DB_USER`` among them.

    Raises:
        ConfigurationError: The extra ``aws`` is not installed, or there is no user.
    """

    def __init__(self, host: str, port: int, region: str | None, stated: Mapping[str, str]) -> None:
        _need_boto3()
        if USER not in stated:
            raise ConfigurationError(
                "an IAM token is issued for one user, and DB_USER is blank", remedy="set DB_USER"
            )
        self._host, self._port, self._region, self._stated = host, port, region, stated
        self._client: Any = None
        self._renew_lock()
        after_fork_in_child(self, Token._renew_lock)

    @property
    def names(self) -> dict[str, str]:
        """The source of the password in messages: an IAM token."""
        return {PASSWORD: "AWS IAM, a token for each connection"}

    def now(self) -> Credentials:
        """Return a new token."""
        user = self._stated[USER]
        with self._lock, translated("the token", self._region):
            if self._client is None:
                self._client = _client("rds", self._region)
            token = self._client.generate_db_auth_token(
                DBHostname=self._host, Port=self._port, DBUsername=user
            )
        return Credentials(user, token)

    def replacement(self, refused: Credentials) -> Credentials:  # noqa: ARG002 - made anew anyway
        """Return a new token."""
        return self.now()

    def at(self, host: str, port: int) -> Self:
        """Return the source of tokens for another server."""
        return type(self)(host, port, self._region, self._stated)

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()
        self._client = None


def refuse_clear_text(hosts: str, sslmode: str) -> None:
    """Refuse to sign tokens for a connection without verified TLS.

    Raises:
        ConfigurationError: TLS does not verify the server, or there are several hosts.
    """
    if "," in hosts or hosts.startswith("/"):
        raise ConfigurationError(
            "an IAM token is signed for one network host, and DB_HOST names several or a socket"
            " folder",
            remedy="set DB_HOST to the endpoint of the instance, or of the cluster",
        )
    if sslmode not in _PROVES_WHO_ANSWERS:
        raise ConfigurationError(
            "an IAM token is sent in clear text within TLS, so only to a server that proves who"
            " it is",
            remedy="set DB_SSLMODE=verify-full, and PGSSLROOTCERT to the certificates of RDS",
        )


def _need_boto3() -> None:
    if importlib.util.find_spec("boto3") is None:
        raise ConfigurationError("boto3 is not installed", remedy="pip install '.[aws]'")


def _client(service: str, region: str | None) -> Any:
    import boto3
    from botocore.config import Config

    # At the level DEBUG, botocore logs what it sends and receives, which includes secrets.
    logger = logging.getLogger("botocore")
    if logger.getEffectiveLevel() < logging.INFO:
        logger.setLevel(logging.INFO)
    session = boto3.session.Session()
    if not (region or session.region_name):
        raise ConfigurationError("no AWS region is set", remedy="set DB_AWS_REGION")
    made = session.client(
        service,
        region_name=region,
        config=Config(
            connect_timeout=_TIMEOUT,
            read_timeout=_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        ),
    )
    endpoint = made.meta.endpoint_url
    try:
        vault_url(endpoint)
    except ValueError:
        raise ConfigurationError(
            f"the endpoint of AWS is {endpoint}: secrets would be in clear text on the network",
            remedy="correct AWS_ENDPOINT_URL",
        ) from None
    return made
