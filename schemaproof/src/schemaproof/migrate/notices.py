"""What the SQL of a revision has to say: RAISE WARNING, passed on as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class _Warnings:
    """Takes the place of psycopg2's list of notices.

    SQLAlchemy empties a list after each statement, and leaves alone what it cannot iterate.
    """

    say: Callable[[str], None]

    def append(self, notice: str) -> None:
        """Called by psycopg2 with every message of the server; its first line names the level."""
        level, _, message = notice.partition(":")
        if level == "WARNING":
            self.say(message.strip().partition("\n")[0])


@contextmanager
def forwarded(connection: Connection, say: Callable[[str], None]) -> Iterator[None]:
    """Pass the server's warnings on while the block lasts."""
    driver_connection = connection.connection.driver_connection
    before = driver_connection.notices  # type: ignore[union-attr]
    driver_connection.notices = _Warnings(say)  # type: ignore[union-attr]
    try:
        yield
    finally:
        driver_connection.notices = before  # type: ignore[union-attr]
