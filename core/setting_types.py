"""The types of the settings: which values are accepted, and how a message describes them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from schemaproof import DRIVERS, parse_duration, whole_seconds

ASYNC_DRIVER: Final = "postgresql+asyncpg"


@dataclass(frozen=True, slots=True)
class Expected:
    """The expected value, for a message: "DB_PORT: should be ..., not 'abc'".

    Attributes:
        text: The description of the expected value.
        echo: Whether the message may repeat the value; never true for a secret.
    """

    text: str
    echo: bool = True


@dataclass(frozen=True, slots=True)
class Replica:
    """The address of a read replica; its other settings are those of the primary.

    Attributes:
        host: The host, in the form of ``DB_HOST``.
        port: The port; None for ``DB_PORT``, the port of the primary.
    """

    host: str
    port: int | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


def _sendable(text: str) -> str:
    # Bytes of the environment that are not UTF-8 arrive as lone surrogates, which encode() refuses.
    if b"\0" in text.encode():
        raise ValueError("holds a NUL character")
    return text


def _host(text: str) -> str:
    # libpq reads a comma as the separator of two hosts, also inside a path, and has no escape for
    # it.
    forbidden = "," if text.startswith("/") else ",/@ \t\r\n"
    if not text or any(character in text for character in forbidden):
        raise ValueError("not a host")
    return _sendable(text)


def _hosts(text: str) -> str:
    hosts = [_host(part.strip()) for part in text.split(",")]
    # A folder with a comma in its path would be split into a folder and a host on the network.
    if len({host.startswith("/") for host in hosts}) > 1:
        raise ValueError("folders and hosts")
    return ",".join(hosts)


def _ports(value: object) -> object:
    if not (isinstance(value, str) and "," in value):
        return value
    return tuple(part.strip() for part in value.split(","))


def _replicas(value: object) -> tuple[Replica, ...]:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        raise ValueError("not a list")  # noqa: TRY004 -- pydantic reports a ValueError
    replicas = tuple(_replica(part.strip()) for part in value.split(","))
    if len(set(replicas)) < len(replicas):
        raise ValueError("named twice")
    return replicas


def _replica(text: str) -> Replica:
    # An IPv6 address is written in brackets; without a port the brackets may be omitted.
    match = re.fullmatch(r"\[([^]]+)\](?::(\d{1,5}))?|([^:]+)(?::(\d{1,5}))?", text)
    if match is None:
        return Replica(str(IPv6Address(text)))
    host, port = match[1] or match[3], match[2] or match[4]
    if port is not None and not 1 <= int(port) <= _LAST_PORT:
        raise ValueError("not a port")
    return Replica(_host(host), None if port is None else int(port))


def _authentication(text: str) -> str:
    methods = [method.strip().removeprefix("!") for method in text.split(",")]
    if not set(methods) <= _METHODS:
        raise ValueError("not a method")
    return "".join(text.split())


def _secret(secret: SecretStr) -> SecretStr:
    _sendable(secret.get_secret_value())
    return secret


def _scratch_url(secret: SecretStr) -> SecretStr:
    # The URL is parsed as a whole only when it is used, because SQLAlchemy's parser takes long to
    # import.
    parts = urlsplit(secret.get_secret_value())
    if parts.scheme not in DRIVERS or parts.port == 0:
        raise ValueError("not a PostgreSQL URL")
    return secret


def vault_url(text: str) -> str:
    """Return a URL from which secrets may be fetched.

    Raises:
        ValueError: The text is not an HTTP or HTTPS URL, or secrets would cross a network in clear
            text.
    """
    parts = urlsplit(text)
    host = parts.hostname
    if not host or parts.port == 0 or parts.scheme not in ("http", "https"):
        raise ValueError("not an HTTP URL")
    if parts.scheme == "http" and host != "localhost" and not ip_address(host).is_loopback:
        raise ValueError("in clear text")
    return text


def _seconds(value: object) -> int | float:
    seconds = parse_duration(value).total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _recycle(value: object) -> int:
    return -1 if str(value).strip() == "-1" else whole_seconds(parse_duration(value))


_LAST_PORT: Final = 65_535
_METHODS: Final = frozenset({"scram-sha-256", "md5", "password", "gss", "sspi", "none"})
VAULT_URL: Final = "an https:// URL (http:// on the loopback address alone)"
_DURATION: Final = "a number of seconds, or a number with ms, s or min"
_SSL_MODES: Final = "disable, allow, prefer, require, verify-ca, verify-full"
_HOST: Final = (
    "a host name, an address, or the absolute path (without commas) of a socket folder; or several"
    " of one kind, separated by commas"
)

Text = Annotated[str, AfterValidator(_sendable), Expected("plain text")]
# The value is not repeated in the message, because a whole URL that was pasted here may contain a
# password.
Hosts = Annotated[str, AfterValidator(_hosts), Expected(_HOST, echo=False)]
SessionAttributes = Annotated[
    Literal["any", "read-write", "read-only", "primary", "standby", "prefer-standby"],
    Expected("one of any, read-write, read-only, primary, standby, prefer-standby"),
]
Replicas = Annotated[
    tuple[Replica, ...],
    NoDecode,
    BeforeValidator(_replicas),
    Expected("hosts separated by commas, each with or without :port, none twice", echo=False),
]
Secret = Annotated[SecretStr, AfterValidator(_secret), Expected("plain text", echo=False)]
ScratchUrl = Annotated[
    SecretStr, AfterValidator(_scratch_url), Expected("a postgresql:// URL", echo=False)
]
_Port = Annotated[int, Field(ge=1, le=_LAST_PORT)]
Ports = Annotated[
    _Port | tuple[_Port, ...],
    NoDecode,
    BeforeValidator(_ports),
    Expected("a whole number from 1 to 65535"),
]
PositiveCount = Annotated[int, Field(ge=1, le=10_000), Expected("a whole number from 1 to 10000")]
Count = Annotated[int, Field(ge=0, le=10_000), Expected("a whole number from 0 to 10000")]
Flag = Annotated[bool, Expected("true or false")]
SslMode = Annotated[
    Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
    Expected(f"one of {_SSL_MODES}"),
]
Authentication = Annotated[
    str, AfterValidator(_authentication), Expected(f"one or more of {', '.join(sorted(_METHODS))}")
]
Pooler = Annotated[Literal["transaction"], Expected("transaction, or blank")]
VaultMethod = Literal["token", "approle", "kubernetes"]
VaultAuth = Annotated[VaultMethod, Expected("one of token, approle, kubernetes")]
AwsAuth = Annotated[Literal["iam"], Expected("iam, or blank")]
VaultUrl = Annotated[str, AfterValidator(vault_url), Expected(VAULT_URL, echo=False)]
Gate = Annotated[Literal["strict", "new", "off"], Expected("one of strict, new, off")]
# The type is timedelta, so that settings can be copied through their constructor, which would read
# a bare number of milliseconds as seconds.
Duration = Annotated[timedelta, BeforeValidator(parse_duration), Expected(_DURATION)]
Seconds = Annotated[int | float, BeforeValidator(_seconds), Expected(_DURATION)]
Recycle = Annotated[int, BeforeValidator(_recycle), Expected(f"{_DURATION}, or -1 for never")]
