"""Changes of JSON values that SQLAlchemy does not see: inside of a value, and of its types.

SQLAlchemy compares values as Python does, for which ``True`` is ``1``, and does not look into them.
So what a row said when it was read or sent is kept as JSON text, and compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import JSON, ClauseElement, event, inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified, set_committed_value

from models import Base

_SAID: Final = "_monps_json"
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


@cache
def listen() -> None:
    """Have every row remember what its JSON values said; once, however often it is called."""
    for name in ("load", "refresh", "refresh_flush"):
        event.listen(Base, name, remember, propagate=True)
    event.listen(Session, "after_flush", _remember_sent)
    event.listen(Session, "before_commit", _notice_all)


def remember(row: Base, *_: object) -> None:
    """Keep what the JSON values of a row say now."""
    if keys := _json_keys(type(row)):
        given = vars(row)
        given[_SAID] = {key: _text(given[key]) for key in keys if key in given}


def notice(rows: Iterable[object]) -> None:
    """Have SQLAlchemy send the JSON values that say something else than when they were read."""
    for row in rows:
        given = vars(row)
        said: dict[str, bytes] = given.get(_SAID, {})
        for key, before in said.items():
            if key in given and _text(given[key]) != before:
                value = given[key]
                # Else the value that it replaced would be compared with it, as Python does.
                set_committed_value(row, key, value)
                flag_modified(row, key)


def _remember_sent(session: Session, _: object) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Base):
            remember(row)


def _notice_all(session: Session) -> None:
    if not session.in_nested_transaction():
        notice(session.identity_map.values())


@cache
def _json_keys(model: type[Base]) -> tuple[str, ...]:
    attributes = inspect(model).column_attrs
    return tuple(each.key for each in attributes if isinstance(each.columns[0].type, JSON))


def _text(value: Any) -> bytes:
    """The value as JSON, keys in order; only compared with another of the same kind."""
    if isinstance(value, ClauseElement):
        return b""  # the database computes it, and it is read again
    try:
        return _encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        # It is no JSON, or has numbers that are too large for a C integer.
        try:
            return json.dumps(value, sort_keys=True).encode()
        except (TypeError, ValueError, RecursionError):
            return b"?"
