"""The observers of the program; there are none until metrics are enabled.

Each event is reported to every observer; observers do not use the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import QueuePool
    from sqlalchemy.engine.interfaces import DBAPIConnection

Choice = Literal["chosen", "failed", "behind"]
"""The result of asking a replica; one that is ``behind`` has not replayed a position yet."""


PoolKind = Literal["sync", "async"]


class PoolName(NamedTuple):
    """The names by which a pool is identified.

    Attributes:
        kind: The kind of the engine.
        server: Host, port and name of the database.
    """

    kind: PoolKind
    server: str


class PoolObserver:
    """Receives the events of a pool; each method does nothing until it is overridden.

    The methods are called in the thread or task of the event, and should neither wait nor raise.
    """

    def pool_made(self, pool: QueuePool, replaced: QueuePool | None) -> None:
        """A pool was made; it replaces another one of the same engine, which was discarded."""

    def changed(self, *, size: int, limit: int, connections: int, overflow: int) -> None:
        """The pool changed by these numbers; ``limit`` is its size and maximum overflow."""

    def connection_asked(self) -> None:
        """The program asks the pool for a connection."""

    def connection_given(self, connection: DBAPIConnection | None, seconds: float) -> None:
        """The pool handed out a connection after this wait in seconds."""

    def connection_refused(self, *, timed_out: bool) -> None:
        """The pool handed out no connection: none was free in time, or none could be opened."""

    def connection_returned(self, connection: DBAPIConnection | None, *_: object) -> None:
        """A connection was returned to the pool, or left it.

        It may be a connection that was never handed out, that the parent process got, or whose
        return was reported before.
        """

    def connection_opened(self, seconds: float) -> None:
        """A connection was opened in this number of seconds."""

    def connection_lost(self) -> None:
        """A connection broke."""

    def connection_recycled(self) -> None:
        """A working connection was replaced because of its age, or after another was lost."""


class Observer:
    """Receives the events of the program; each method does nothing until it is overridden."""

    def pool(self, name: PoolName) -> PoolObserver:  # noqa: ARG002
        """Return the observer that receives the events of a pool during its whole life."""
        return PoolObserver()

    def unit_retried(self) -> None:
        """A unit of work is repeated because it conflicted with another session."""

    def rows_written(self, table: str, *, inserted: int, updated: int, unchanged: int) -> None:
        """A bulk write has done its work, in a transaction that is still open."""

    def replica_asked(self, replica: str, choice: Choice) -> None:
        """A replica was asked whether a session can use it."""

    def replica_lags(self, replica: str, seconds: float) -> None:
        """A replica reported how far it lags behind the primary."""


_OBSERVERS: Final[list[Observer]] = []


def current() -> Sequence[Observer]:
    """Return the observers that receive events now."""
    return _OBSERVERS


def add(observer: Observer) -> None:
    """Add an observer; it sees pools that are created later."""
    _OBSERVERS.append(observer)


def remove(observer: Observer) -> None:
    """Remove an observer."""
    _OBSERVERS.remove(observer)
