"""Units of work: the transactions of sessions whose pool is measured, from first statement to end.

The listeners are those of the class ``Session``, so that a transaction counts once, whichever way
it was begun: by a unit of work, by ``get_db``, or by a session of one's own.
"""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction

from core import observers
from core.measured_pool import is_measured

if TYPE_CHECKING:
    from core.observers import Outcome

_SINCE: Final = "monps_unit_since"
_OUTCOME: Final = "monps_unit_outcome"


@cache
def listen() -> None:
    """Register the listeners; once, however often it is called."""
    event.listen(Session, "after_begin", _began)
    event.listen(Session, "after_commit", _committed)
    event.listen(Session, "after_rollback", _rolled_back)
    event.listen(Session, "after_transaction_end", _ended)


def _began(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.parent is None and is_measured(connection.engine):
        session.info.setdefault(_SINCE, time.perf_counter())


def _committed(session: Session) -> None:
    _note(session, "committed")


def _rolled_back(session: Session) -> None:
    _note(session, "rolled_back")


def _note(session: Session, outcome: Outcome) -> None:
    # Not that of a savepoint.
    if _SINCE in session.info and not session.in_nested_transaction():
        session.info[_OUTCOME] = outcome


def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None or _SINCE not in session.info:
        return
    seconds = time.perf_counter() - session.info.pop(_SINCE)
    outcome: Outcome = session.info.pop(_OUTCOME, "closed")
    for observer in observers.current():
        observer.unit_ended(outcome, seconds)
