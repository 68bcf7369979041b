"""Parse URLs of PostgreSQL servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from sqlalchemy import URL

DRIVER: Final = "postgresql+psycopg2"
DRIVERS: Final = frozenset({"postgres", "postgresql", DRIVER})


def parse_scratch_url(text: str) -> URL:
    """Read the URL of a server for scratch databases.

    Args:
        text: A PostgreSQL URL, with or without the name of a driver.

    Returns:
        The URL, with psycopg2 as its driver.

    Raises:
        ValueError: The text is not a URL, or not one of PostgreSQL.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The error is not chained, because its message contains the URL with the password.
        raise ValueError("not a URL") from None
    if url.get_backend_name() not in DRIVERS:
        raise ValueError("not a PostgreSQL URL")
    return url.set(drivername=DRIVER)


_SCHEME: Final = re.compile(r"postgres(?:ql)?(?:\+\w+)?")


def libpq_parameters(text: str) -> dict[str, str]:
    """Read the URL of a server, without SQLAlchemy.

    Args:
        text: A PostgreSQL URL, with or without the name of a driver.

    Returns:
        The parts of the URL, as libpq's parameters.

    Raises:
        ValueError: The text is not a URL, or not one of PostgreSQL.
    """
    try:
        found = urlsplit(text)
        host, port = found.hostname, found.port
    except ValueError:
        # The error is not chained, because its message may contain a part of the password.
        raise ValueError("not a URL") from None
    if not found.scheme or "://" not in text:
        raise ValueError("not a URL")
    if not _SCHEME.fullmatch(found.scheme):
        raise ValueError("not a PostgreSQL URL")
    named = {
        "host": unquote(host) if host else None,
        "port": str(port) if port else None,
        "user": unquote(found.username) if found.username else None,
        "password": unquote(found.password) if found.password else None,
        "dbname": unquote(found.path.removeprefix("/")) or None,
    }
    return {
        **{name: value for name, value in named.items() if value},
        **dict(parse_qsl(found.query)),
    }
