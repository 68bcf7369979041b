"""The fields of a server's error message, from any driver."""

from dataclasses import dataclass, fields
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """The fields of an error message of the server (PostgreSQL manual, section 55.8).

    Attributes:
        sqlstate: The five-character code (appendix A).
        message_primary: The message, in one line; None when the driver raised the error itself.
        schema_name: The schema of the table, if the error is about one.
        table_name: The table.
        column_name: The column.
        constraint_name: The constraint.
    """

    sqlstate: str
    message_primary: str | None = None
    schema_name: str | None = None
    table_name: str | None = None
    column_name: str | None = None
    constraint_name: str | None = None


SESSION_ENDED: Final = ("08", "57P", "25P03", "25P04")
"""The beginnings of the SQLSTATEs of errors that end the session: connection exceptions, operator
intervention, a transaction that was idle or took too long (appendix A)."""
_ABOUT_OBJECTS = tuple(field.name for field in fields(Diagnostics) if field.name.endswith("_name"))


def read_diagnostics(error: BaseException | None) -> Diagnostics | None:
    """Return the fields of the server's message in a driver's error.

    Args:
        error: An error of psycopg2, psycopg or asyncpg, of SQLAlchemy's adapter for asyncpg, or
            of SQLAlchemy around one of them.

    Returns:
        None when there is no SQLSTATE: the error did not come from the server.
    """
    original: Any = getattr(error, "orig", None) or error
    if getattr(original, "diag", None) is not None:
        diag = original.diag
        return _read(diag, diag.sqlstate, diag.message_primary)
    # SQLAlchemy's adapter for asyncpg raises its own error, whose cause has more details.
    for source in (getattr(original, "__cause__", None), original):
        if (sqlstate := getattr(source, "sqlstate", None)) is not None:
            return _read(source, sqlstate, getattr(source, "message", None))
    return None


def ends_session(error: BaseException | None) -> bool:
    """Whether the server says with this error that the session is over, not just the statement."""
    return (read_sqlstate(error) or "").startswith(SESSION_ENDED)


def read_sqlstate(error: BaseException | None) -> str | None:
    """Return the SQLSTATE of a driver's error, if the server sent one."""
    found = read_diagnostics(error)
    return None if found is None else found.sqlstate


def _read(source: Any, sqlstate: str | None, message: str | None) -> Diagnostics | None:
    if sqlstate is None:
        return None
    names = {name: getattr(source, name, None) for name in _ABOUT_OBJECTS}
    return Diagnostics(sqlstate=sqlstate, message_primary=message, **names)
