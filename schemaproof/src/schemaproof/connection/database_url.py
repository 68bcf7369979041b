"""Parse the URL of a PostgreSQL database, for any driver, into libpq's parameters.

The name of the driver (``postgresql+asyncpg://``) and parameters that only it understands
(``?prepared_statement_cache_size=0``) are left out. Other names for a parameter (``?ssl=require``)
are replaced by libpq's. Pure, except for libpq's own parser.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

_SCHEME: Final = re.compile(r"postgres(?:ql)?(?:\+(\w+))?://", re.IGNORECASE)
# These drivers pass all parameters on to libpq. A URL without a driver's name can be for any
# driver.
_BY_LIBPQ: Final = frozenset({"psycopg", "psycopg2", "psycopg2cffi", "psycopg_async", "pygresql"})
_OF_DRIVERS: Final = frozenset(
    {
        # These are parameters of asyncpg, and of SQLAlchemy's dialect for it.
        *("command_timeout", "direct_tls", "max_cacheable_statement_size", "server_settings"),
        *("max_cached_statement_lifetime", "prepared_statement_cache_size", "timeout"),
        *("prepared_statement_name_func", "statement_cache_size", "async_fallback"),
        # These are parameters of psycopg, of Prisma and of others.
        *("prepare_threshold", "autocommit", "cursor_factory", "executemany_mode"),
        *("pgbouncer", "connection_limit", "pool_timeout", "schema"),
    }
)
_HOST_AND_PORT: Final = re.compile(r"([^/,:]+|\[[^]]*\])(?::(\d+))?")
_TRUE: Final = frozenset({"1", "on", "true", "yes"})
_FALSE: Final = frozenset({"0", "off", "false", "no", ""})


def is_postgresql(text: str) -> bool:
    """Whether a text is the URL of a PostgreSQL database."""
    return _SCHEME.match(text.strip()) is not None


def has_password(text: str) -> bool:
    """Whether a URL states a password."""
    try:
        return "password" in url_parts(text)
    except ValueError:
        return "@" in text


def url_parts(text: str) -> dict[str, str]:
    """Return the parts of a URL.

    Args:
        text: A URL.

    Returns:
        The parameters of libpq that the URL states.

    Raises:
        ValueError: The text is not a PostgreSQL URL, or has an unknown parameter; the message
            repeats no value.
    """
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import parse_dsn

    head, _, query = text.strip().partition("?")
    scheme = _SCHEME.match(head)
    if scheme is None:
        raise ValueError("not a PostgreSQL URL")
    driver = (scheme[1] or "").lower()
    given = dict(_renamed(_joined(parse_qsl(query, keep_blank_values=True))))
    known = {name: value for name, value in given.items() if _is_libpqs(name)}
    unknown = given.keys() - known.keys() - _OF_DRIVERS
    if unknown and (not driver or driver in _BY_LIBPQ):
        raise ValueError(f"it has the unknown parameter {min(unknown)}")
    url = "postgresql://" + head[scheme.end() :]
    try:
        # The error is not chained, because its message contains the URL with the password.
        parts: dict[str, str] = parse_dsn(f"{url}?{urlencode(known, quote_via=quote)}")
    except ProgrammingError:
        raise ValueError("not a PostgreSQL URL") from None
    if not all(port.isdecimal() or not port for port in parts.get("port", "").split(",")):
        raise ValueError("not a PostgreSQL URL")
    return {name: value for name, value in parts.items() if value}


def _joined(given: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Join several hosts in libpq's form; SQLAlchemy repeats the parameter ``host`` instead."""
    hosts: list[tuple[str, str]] = []
    for name, value in given:
        if name == "host" and (found := _HOST_AND_PORT.fullmatch(value)):
            hosts.append((found[1], found[2] or ""))
        else:
            yield name, value
    if hosts:
        yield "host", ",".join(host for host, _ in hosts)
        if any(port for _, port in hosts):
            yield "port", ",".join(port for _, port in hosts)


def _renamed(given: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in given:
        if name != "ssl":
            yield name, value
        elif value.lower() in _TRUE:
            yield "sslmode", "require"
        elif value.lower() not in _FALSE:
            yield "sslmode", value


def _is_libpqs(name: str) -> bool:
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import parse_dsn

    try:
        parse_dsn(f"{name}=x")
    except ProgrammingError:
        return False
    return True


# The variables are those of the PostgreSQL manual, section 34.15.
_VARIABLES: Final = {
    **{f"PG{name.upper()}": name for name in ("host", "hostaddr", "port", "user", "password")},
    **{f"PG{name.upper()}": name for name in ("passfile", "options", "sslmode", "sslcert")},
    **{f"PG{name.upper()}": name for name in ("sslkey", "sslrootcert", "sslcrl", "gssencmode")},
    "PGDATABASE": "dbname",
    "PGSERVICE": "service",
    "PGREQUIREAUTH": "require_auth",
    "PGCHANNELBINDING": "channel_binding",
    "PGTARGETSESSIONATTRS": "target_session_attrs",
}
_SETTINGS: Final = {
    "PGTZ": "timezone",
    "PGDATESTYLE": "datestyle",
    "PGCLIENTENCODING": "client_encoding",
}
_NAMING: Final = ("PGSERVICE", "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER")


def libpq_parameters(environ: Mapping[str, str]) -> dict[str, str]:
    """Return libpq's parameters from environment variables (PostgreSQL manual, section 34.15)."""
    return {name: environ[key] for key, name in _VARIABLES.items() if environ.get(key)}


def libpq_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the session settings that libpq takes from environment variables."""
    return {name: environ[key] for key, name in _SETTINGS.items() if environ.get(key)}


def variable_parts(environ: Mapping[str, str]) -> dict[str, str]:
    """Return libpq's parameters from environment variables; nothing if they name no database."""
    is_named = any(environ.get(name) for name in _NAMING)
    return libpq_parameters(environ) if is_named else {}
