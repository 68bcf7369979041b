"""URLs of PostgreSQL servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlalchemy import URL

DRIVER: Final = "postgresql+psycopg2"
DRIVERS: Final = frozenset({"postgres", "postgresql", DRIVER})


def parse_scratch_url(text: str) -> URL:
    """Read the URL of a server for scratch databases.

    Args:
        text: A PostgreSQL URL, with or without the name of a driver, whichever it is.

    Returns:
        The URL, on our driver.

    Raises:
        ValueError: It is no URL, or not one of PostgreSQL.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Not chained: the message of the original repeats the URL, password included.
        raise ValueError("not a URL") from None
    if url.get_backend_name() not in DRIVERS:
        raise ValueError("not a PostgreSQL URL")
    return url.set(drivername=DRIVER)
