"""Read replicas: choose the server for a read-only session.

A replica is used when it answers, is a standby, lags no more than ``DB_REPLICA_MAX_LAG``, and has
replayed the requested position; else the next one is tried, and at last the primary. The events of
structlog's logger ``core.replicas``: ``replica.left_out`` (warning) when a replica becomes
unusable, ``replica.back`` (info); there is no line per session.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import SQLAlchemyError

from core import observers
from core.engines import create_async_engine, create_sync_engine
from core.errors import InvalidArgumentError, MonpsError
from core.lazy import Lazy
from core.loop_local import LoopLocal
from core.round_robin import RoundRobin
from core.sql_files import statement
from schemaproof import translate_driver_error

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Row
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.config import DatabaseSettings
    from core.observers import Choice

LOGGER: Final = "core.replicas"
# The seconds between two questions whether a replica has reached a position.
POLL: Final = 0.01
# A replica is behind only if it is found behind this often, because a transaction that has just
# arrived is still being replayed.
LOOKS: Final = 5
_POSITION: Final = re.compile(r"[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")


@dataclass(frozen=True, slots=True)
class Requirement:
    """The state that a session requires of a replica.

    Attributes:
        position: A position of the WAL (``pg_lsn``) that the replica must have replayed, if any.
        deadline: The time until which to wait for it, on the monotonic clock.
        max_lag: The largest allowed lag in seconds; None for any.
    """

    position: str | None
    deadline: float
    max_lag: float | None

    @property
    def parameters(self) -> dict[str, str | float | None]:
        """The parameters of the query to the replica."""
        return {"position": self.position, "max_lag": self.max_lag}

    def met_by(self, state: Row[Any], *, looks: int) -> bool | None:
        """Return whether a replica is suitable by its answer; None means to ask again in a moment.

        Args:
            state: The answer of the replica.
            looks: The number of earlier answers of this replica.

        Raises:
            Unusable: The replica cannot be used now.
        """
        if not state.is_standby:
            raise Unusable("it is not a standby", remedy="correct DB_REPLICA_HOSTS")
        if not state.is_fresh:
            if looks < LOOKS:
                return None
            raise Unusable("it lags behind", remedy="see pg_stat_replication on the primary")
        if state.has_position:
            return True
        return None if time.monotonic() < self.deadline else False


class Unusable(MonpsError):  # noqa: N818 -- a reason to go elsewhere; no caller sees it
    """A replica answered, but should not be used."""


class Replicas:
    """The replicas of one primary.

    Args:
        settings: The settings of the primary, with ``DB_REPLICA_HOSTS``.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._servers = tuple(map(settings.at_replica, settings.DB_REPLICA_HOSTS))
        self._order = RoundRobin(
            len(self._servers), pause=settings.DB_REPLICA_RETRY.total_seconds()
        )
        self.engines: Lazy[tuple[Engine, ...]] = Lazy(
            lambda: tuple(map(create_sync_engine, self._servers))
        )
        self.async_engines: LoopLocal[tuple[AsyncEngine, ...]] = LoopLocal(
            lambda: tuple(map(create_async_engine, self._servers))
        )

    def requirement(self, position: str | None) -> Requirement:
        """Return the requirement of a new session.

        Raises:
            InvalidArgumentError: ``position`` is not a position of the WAL.
        """
        if position is not None and not _POSITION.fullmatch(str(position)):
            raise InvalidArgumentError(
                "wait_for should be a position of the WAL, such as '0/3000148'",
                remedy="take it from wal_position() after a commit",
            )
        lag = self._settings.DB_REPLICA_MAX_LAG
        return Requirement(
            position=position,
            deadline=time.monotonic() + self._settings.DB_REPLICA_WAIT.total_seconds(),
            max_lag=None if lag is None else lag.total_seconds(),
        )

    def connect(self, requirement: Requirement) -> Connection | None:
        """Connect to the first suitable replica; return None if none is suitable."""
        for server in self._order.servers():
            try:
                connection = self.engines()[server].connect()
                try:
                    is_met = _wait(connection, requirement, self._name(server))
                except BaseException:
                    connection.close()
                    raise
            except (SQLAlchemyError, Unusable) as reason:
                self._leave_out(server, reason)
                continue
            self._back(server, is_met=is_met)
            if is_met:
                return connection
            connection.close()
        return None

    async def connect_async(self, requirement: Requirement) -> AsyncConnection | None:
        """Connect to the first suitable replica; return None if none is suitable."""
        for server in self._order.servers():
            try:
                connection = await self.async_engines()[server].connect()
                try:
                    is_met = await _wait_async(connection, requirement, self._name(server))
                except BaseException:
                    await connection.close()
                    raise
            except (SQLAlchemyError, OSError, Unusable) as reason:
                self._leave_out(server, reason)
                continue
            self._back(server, is_met=is_met)
            if is_met:
                return connection
            await connection.close()
        return None

    def _leave_out(self, server: int, reason: SQLAlchemyError | OSError | Unusable) -> None:
        self._tell(server, "failed")
        if not self._order.failed(server):
            return
        import structlog

        typed_error = (
            reason
            if isinstance(reason, Unusable)
            else translate_driver_error(reason, self._servers[server])
        )
        structlog.get_logger(LOGGER).warning(
            "replica.left_out",
            replica=self._name(server),
            reason=typed_error.message,
            remedy=typed_error.remedy,
        )

    def _back(self, server: int, *, is_met: bool) -> None:
        self._tell(server, "chosen" if is_met else "behind")
        if self._order.answered(server):
            import structlog

            structlog.get_logger(LOGGER).info("replica.back", replica=self._name(server))

    def _tell(self, server: int, choice: Choice) -> None:
        for observer in observers.current():
            observer.replica_asked(self._name(server), choice)

    def _name(self, server: int) -> str:
        return str(self._settings.DB_REPLICA_HOSTS[server])


def _wait(connection: Connection, requirement: Requirement, name: str) -> bool:
    looks = 0
    while (is_met := requirement.met_by(_ask(connection, requirement, name), looks=looks)) is None:
        looks += 1
        time.sleep(POLL)
    return is_met


async def _wait_async(connection: AsyncConnection, requirement: Requirement, name: str) -> bool:
    import asyncio

    looks = 0
    while True:
        is_met = requirement.met_by(await connection.run_sync(_ask, requirement, name), looks=looks)
        if is_met is not None:
            return is_met
        looks += 1
        await asyncio.sleep(POLL)


def _ask(connection: Connection, requirement: Requirement, name: str) -> Row[Any]:
    state = connection.execute(statement("core", "replica_state"), requirement.parameters).one()
    # The rollback ends the transaction, so that the snapshot of the session's own transaction is
    # taken after this answer.
    connection.rollback()
    if state.lag is not None:
        for observer in observers.current():
            observer.replica_lags(name, state.lag)
    return state
