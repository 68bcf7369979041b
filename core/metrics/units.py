"""Units of work: the transactions of sessions whose pool is measured, from first statement to end.

The listeners are those of the class ``Session``, so that a transaction counts once, whichever way
it was begun: by a unit of work, by ``get_db``, or by a session of one's own.
"""

from __future__ import annotations

from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction, SessionTransactionOrigin

from core import observers
from core.measured_pool import MeasuredPool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.observers import Outcome

_SINCE: Final = "monps_unit_since"
_OUTCOME: Final = "monps_unit_outcome"
_FLUSH: Final = SessionTransactionOrigin.SUBTRANSACTION
_SAVEPOINT: Final = SessionTransactionOrigin.BEGIN_NESTED
_OBSERVERS: Final = observers.current()


def _began(session: Session, _: SessionTransaction, connection: Connection) -> None:
    if isinstance(connection.engine.pool, MeasuredPool):
        session.info.setdefault(_SINCE, perf_counter())


def _committed(session: Session) -> None:
    session.info[_OUTCOME] = "committed"


def _rolled_back(session: Session) -> None:
    session.info[_OUTCOME] = "rolled_back"


def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.origin is _FLUSH:
        return  # what it rolls back, it rolls back in the transaction around it
    outcome: Outcome = session.info.pop(_OUTCOME, "closed")
    if transaction.origin is not _SAVEPOINT and _SINCE in session.info:
        seconds = perf_counter() - session.info.pop(_SINCE)
        for observer in _OBSERVERS:
            observer.unit_ended(outcome, seconds)


LISTENERS: Final[Mapping[str, Callable[..., None]]] = {
    "after_begin": _began,
    "after_commit": _committed,
    "after_rollback": _rolled_back,
    "after_transaction_end": _ended,
}


@cache
def listen() -> None:
    """Register the listeners; once, however often it is called."""
    for name, listener in LISTENERS.items():
        event.listen(Session, name, listener)
