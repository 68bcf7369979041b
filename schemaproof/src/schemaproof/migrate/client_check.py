"""Make the server end a statement soon after the client has gone."""

from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from schemaproof.connection.diagnostics import read_sqlstate

INTERVAL: Final = "1s"
_SET: Final = text(
    "SELECT pg_catalog.set_config('client_connection_check_interval', :interval, false)"
)
# The value is invalid if the system of the server cannot tell (Windows); the setting is unknown
# before PostgreSQL 14.
_CANNOT_TELL: Final = frozenset({"22023", "42704"})


def end_with_client(connection: Connection) -> None:
    """Make the server check during a statement whether the client is still connected.

    By default the server notices only when it sends something: the statement of a killed migrator
    would run to its end, and hold its locks. This sets ``client_connection_check_interval``, which
    some operating systems do not support.

    Args:
        connection: The connection, outside a transaction before and after.
    """
    try:
        with connection.begin():
            connection.execute(_SET, {"interval": INTERVAL})
    except DBAPIError as error:
        if read_sqlstate(error) not in _CANNOT_TELL:
            raise
