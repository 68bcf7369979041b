"""Odds in bulk, by natural key: COPY into a temporary table, then one INSERT … ON CONFLICT."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import Odds
from repositories import stale
from repositories.errors import translated
from repositories.loading.merge import Merged
from repositories.sql import statement

COLUMNS: Final = (
    *("match_id", "home_team", "away_team", "league", "commence_time", "bookmaker"),
    *("bookmaker_key", "market", "price_type", "home_odds", "draw_odds", "away_odds", "line"),
    *("over_odds", "under_odds", "is_live", "collected_at"),
)

_COPY: Final = f"COPY pg_temp.incoming_odds ({', '.join(COLUMNS)}) FROM STDIN"
# What the text format of COPY means something else by.
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def upsert_odds(
    session: Session,
    rows: Iterable[Mapping[str, Any]],
    copying: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Merged:
    """Insert rows, and update those whose other fields differ; equal rows are not touched.

    Args:
        session: The session; the caller commits.
        rows: The rows, each with all of ``COLUMNS``, each natural key once; read as they are sent.
        copying: What has to be around a COPY.

    Returns:
        What was done.

    Raises:
        SchemaMismatchError: The database is not what the model says.
        ConstraintViolationError: A constraint refused a row.
    """
    with translated(Odds.__table__):  # type: ignore[arg-type]
        session.flush()
        session.execute(text("DROP TABLE IF EXISTS pg_temp.incoming_odds"))
        session.execute(statement("repositories.loading.queries", "odds_stage"))
        sent = _copy(session, _encoded(rows), copying)
        session.execute(text("ANALYZE pg_temp.incoming_odds"))
        merge = statement("repositories.loading.queries", "odds_merge")
        created, updated = session.execute(merge).one()
    stale.expire(session, Odds)
    return Merged(created, updated, sent - created - updated)


def _copy(
    session: Session, lines: Iterator[bytes], copying: Callable[[], AbstractContextManager[None]]
) -> int:
    stream = _Stream(lines)
    connection: Any = session.connection().connection.driver_connection
    try:
        with copying(), connection.cursor() as cursor:
            cursor.copy_expert(_COPY, stream, 65_536)
            return int(cursor.rowcount)
    except connection.Error as error:
        if stream.error is not None:  # the driver says only that reading failed
            raise stream.error from None
        raise DBAPIError(_COPY, None, error) from error


class _Stream:
    """Lines as a file that the driver reads.

    Attributes:
        error: What went wrong while a line was made, an interruption included.
    """

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.error: BaseException | None = None
        self._lines = lines
        self._rest = bytearray()

    def read(self, size: int) -> bytes:
        try:
            while len(self._rest) < size and (line := next(self._lines, b"")):
                self._rest += line
        except BaseException as error:
            self.error = error
            raise
        piece = bytes(self._rest[:size])
        del self._rest[:size]
        return piece


def _encoded(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield ("\t".join([_field(row[name]) for name in COLUMNS]) + "\n").encode()


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return value.isoformat() if isinstance(value, datetime) else str(value)
