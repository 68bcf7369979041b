"""Detect changes of JSON values that SQLAlchemy does not see: inside a value, or of its type.

SQLAlchemy compares values as Python does, for which ``True`` is ``1``, and does not notice changes
inside them. So the JSON text of a row is kept when it is read or sent, and compared before a flush.

A session keeps only weak references to rows that it considers unchanged, so a change inside a JSON
value could be lost with its row. A row with such a value is therefore kept until the transaction
ends, or until its part of a stream is over.
"""

import json
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import JSON, ClauseElement, event, inspect
from sqlalchemy.orm import Session, SessionTransaction, object_session
from sqlalchemy.orm.attributes import flag_modified, set_committed_value

from models import Base

_RECORDED: Final = "_monps_json"
_HELD: Final = "monps_json_rows"
STREAMED: Final = "monps_streamed"
"""The execution option of a statement whose rows are read part by part."""
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


@cache
def listen() -> None:
    """Keep the JSON text of the values of every row; repeated calls have no effect."""
    for name in ("load", "refresh", "refresh_flush"):
        event.listen(Base, name, remember, propagate=True)
    event.listen(Session, "detached_to_persistent", _hold_added)
    event.listen(Session, "after_flush", _remember_sent)
    event.listen(Session, "before_commit", _notice_in_time)
    event.listen(Session, "after_transaction_end", _let_go)


def remember(row: Base, context: object = None, read: Collection[str] | None = None) -> None:
    """Keep the current JSON values of a row, and the row itself.

    Args:
        row: The row.
        context: The context of the statement that read it.
        read: The attributes that were read, if not all were; the others may have been changed.
    """
    if keys := _json_keys(type(row)):
        given = vars(row)
        recorded: dict[str, bytes] = given.setdefault(_RECORDED, {})
        for key in keys:
            if key in given and (read is None or key in read):
                recorded[key] = _text(given[key])
        if STREAMED not in getattr(context, "execution_options", ()):
            _hold(row)


def notice_all(session: Session) -> None:
    """Mark changed JSON values of all rows of a session, so that SQLAlchemy sends them."""
    notice(session.identity_map.values())


def notice(rows: Iterable[object]) -> None:
    """Mark the changed JSON values of a row, so that SQLAlchemy sends them."""
    for row in rows:
        given = vars(row)
        recorded: dict[str, bytes] = given.get(_RECORDED, {})
        for key, before in recorded.items():
            if key in given and _text(given[key]) != before:
                value = given[key]
                # Without this, SQLAlchemy would compare the new value with the old one by Python's
                # ==, in which true equals 1.
                set_committed_value(row, key, value)
                flag_modified(row, key)


def _remember_sent(session: Session, _: object) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Base):
            remember(row)


def _notice_in_time(session: Session) -> None:
    if not session.in_nested_transaction():
        notice_all(session)


def _hold(row: Base) -> None:
    session, given = object_session(row), vars(row)
    values = (given.get(key) for key in given[_RECORDED])
    if session is not None and any(isinstance(value, (dict, list)) for value in values):
        session.info.setdefault(_HELD, set()).add(row)


def _hold_added(_: Session, row: object) -> None:
    if isinstance(row, Base) and _RECORDED in vars(row):
        _hold(row)


def _let_go(session: Session, transaction: SessionTransaction) -> None:
    # The end of a savepoint or of a flush also calls this; their transactions have a parent.
    if _HELD in session.info and transaction.parent is None:
        del session.info[_HELD]


@cache
def _json_keys(model: type[Base]) -> tuple[str, ...]:
    attributes = inspect(model).column_attrs
    return tuple(each.key for each in attributes if isinstance(each.columns[0].type, JSON))


def _text(value: Any) -> bytes:
    """Return a value as JSON with sorted keys, for comparisons."""
    if isinstance(value, ClauseElement):
        return b""  # The database computes the value, which is read again afterwards.
    try:
        return _encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        # The value is not JSON, or it contains numbers that are too large for a C integer.
        try:
            return json.dumps(value, sort_keys=True).encode()
        except (TypeError, ValueError, RecursionError):
            return b"?"
