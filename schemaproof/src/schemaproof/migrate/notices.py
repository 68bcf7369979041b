"""Pass on the warnings (RAISE WARNING) of a revision's SQL as they arrive."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class _Warnings:
    """An object that psycopg2 uses as its list of notices.

    SQLAlchemy empties a list of notices after each statement, but ignores one that is not iterable.
    """

    say: Callable[[str], None]

    def append(self, notice: str) -> None:
        """Receive a message of the server from psycopg2; its first line names the level."""
        level, _, message = notice.partition(":")
        if level == "WARNING":
            self.say(message.strip().partition("\n")[0])


@contextmanager
def forwarded(connection: Connection, say: Callable[[str], None]) -> Iterator[None]:
    """Pass the server's warnings on until the block ends."""
    driver_connection: Any = connection.connection.driver_connection
    driver = connection.dialect.driver
    if driver == "psycopg2":
        before = driver_connection.notices
        driver_connection.notices = _Warnings(say)
        try:
            yield
        finally:
            driver_connection.notices = before
        return

    def told(*given: Any) -> None:
        # psycopg passes the diagnostics; asyncpg passes the connection and a message.
        notice = given[-1]
        level = getattr(notice, "severity_en", None) or getattr(notice, "severity", None)
        if level == "WARNING":
            say(str(getattr(notice, "message_primary", None) or notice.message))

    add, remove = _HANDLERS.get(driver, (None, None))
    if add is None or remove is None:
        yield
        return
    getattr(driver_connection, add)(told)
    try:
        yield
    finally:
        getattr(driver_connection, remove)(told)


_HANDLERS: Final = {
    "psycopg": ("add_notice_handler", "remove_notice_handler"),
    "psycopg_async": ("add_notice_handler", "remove_notice_handler"),
    "asyncpg": ("add_log_listener", "remove_log_listener"),
}
