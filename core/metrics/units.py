"""Count the transactions of sessions on a measured pool, from the first statement to the end.

The listeners are on the class ``Session``, so that each transaction counts once, whether a unit of
work, ``get_db`` or a session of the program began it.
"""

from __future__ import annotations

from bisect import bisect_left
from threading import get_ident
from time import perf_counter
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction, SessionTransactionOrigin

from core.measured_pool import MeasuredPool
from core.metrics.cells import PerThread
from core.metrics.definitions import DURATIONS, UNIT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.metrics.cells import Store

Outcome = Literal["committed", "rolled_back", "closed"]
"""The end of a unit of work; ``closed``: without commit or rollback, as most that only read."""

_OUTCOMES: Final[tuple[Outcome, ...]] = ("committed", "rolled_back", "closed")
_FLUSH: Final = SessionTransactionOrigin.SUBTRANSACTION
_SAVEPOINT: Final = SessionTransactionOrigin.BEGIN_NESTED


class UnitsOfWork:
    """Counts units of work, from ``listen`` to ``ignore``.

    Args:
        store: The store of the cells.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        # These are keys in ``Session.info``.
        self._since, self._outcome = (f"monps_{each}_{id(self)}" for each in ("since", "outcome"))
        self._listeners: Mapping[str, Callable[..., None]] = {
            "after_begin": self._began,
            "after_commit": self._committed,
            "after_rollback": self._rolled_back,
            "after_transaction_end": self._ended,
        }
        self.look_up()

    def look_up(self) -> None:
        """Create the cells of all series, so that Prometheus can compute rates from the start."""
        own_cells = self._store.own_cells
        self._own = PerThread(lambda: {each: own_cells(UNIT, each) for each in _OUTCOMES})
        self._own[get_ident()]

    def listen(self) -> None:
        """Start to count units of work."""
        for name, listener in self._listeners.items():
            event.listen(Session, name, listener)

    def ignore(self) -> None:
        """Stop counting units of work."""
        for name, listener in self._listeners.items():
            if event.contains(Session, name, listener):
                event.remove(Session, name, listener)

    def _began(self, session: Session, _: SessionTransaction, connection: Connection) -> None:
        if isinstance(connection.engine.pool, MeasuredPool):
            session.info.setdefault(self._since, perf_counter())

    def _committed(self, session: Session) -> None:
        session.info[self._outcome] = "committed"

    def _rolled_back(self, session: Session) -> None:
        session.info[self._outcome] = "rolled_back"

    def _ended(self, session: Session, transaction: SessionTransaction) -> None:
        if transaction.origin is _FLUSH:
            # A failed flush rolls back the transaction around it, and that one is counted when it
            # ends.
            return
        info = session.info
        outcome: Outcome = info.pop(self._outcome, "closed")
        if transaction.origin is not _SAVEPOINT and self._since in info:
            seconds = perf_counter() - info.pop(self._since)
            cells = self._own[get_ident()][outcome]
            cells[bisect_left(DURATIONS, seconds)] += 1
            cells[-1] += seconds
