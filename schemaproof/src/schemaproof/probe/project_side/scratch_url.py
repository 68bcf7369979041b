"""The URL of the scratch database, in the form that an env.py expects."""

from __future__ import annotations

from typing import Callable
from urllib.parse import quote

_NOWHERE = {"host": "", "port": "", "user": "", "dbname": "nowhere"}


def rendered(place: dict[str, str] | None, driver: str) -> str:
    """Return the URL of a database.

    An env.py may pass the URL unchanged to Alembic's configuration, where ``%`` begins a name. So
    the URL avoids ``%`` if possible: a password that needs one is left out, because every
    connection gets the password anyway.

    Args:
        place: The database, by the names of libpq; None for a URL that is never used to connect.
        driver: The dialect and driver, as a URL of SQLAlchemy names them.
    """
    from sqlalchemy.engine import URL

    given = place or _NOWHERE
    host, port, password = given["host"], given["port"], given.get("password")
    is_socket = host.startswith("/")
    made = URL.create(
        driver,
        username=given["user"] or None,
        password=password if password and quote(password, safe="") == password else None,
        host=None if is_socket else host or None,
        port=None if is_socket or not port else int(port),
        database=given["dbname"],
        query={"host": host, "port": port} if is_socket else {},
    )
    render: Callable[..., str] = made.render_as_string
    named, mark, options = render(hide_password=False).partition("?")
    return named + mark + options.replace("%2F", "/")
