"""Wait for standbys that fall behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from schemaproof.connection.raw_sql import rows
from schemaproof.migrate.queries import SQL

if TYPE_CHECKING:
    from sqlalchemy import Connection

_POLLED: Final = 1.0
_SAID_EVERY: Final = 30


def wait(connection: Connection, limit: timedelta, say: Callable[[str], None]) -> None:
    """Wait until every standby is within the allowed lag.

    Args:
        connection: The connection, in autocommit; standbys that its role may not see are ignored.
        limit: The time that a standby may be behind.
        say: The function that receives messages about waiting.
    """
    waited = 0
    while (seconds := _lag(connection)) > limit.total_seconds():
        if waited % _SAID_EVERY == 0:
            say(f"a standby is {seconds:.0f} s behind: waiting until it is {limit.seconds} s")
        waited += 1
        time.sleep(_POLLED)


def _lag(connection: Connection) -> float:
    [found] = rows(connection, SQL.for_driver("replication_lag"), {})
    return float(found["seconds"] or 0)
