"""A synchronous or asynchronous application on a primary with two replicas.

A test module imports the fixtures.
"""

import asyncio
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

import core.config
import core.database
from schemaproof_testing import replication, servers
from schemaproof_testing.replication import Cluster, until
from schemaproof_testing.servers import Database, ask
from tests.support.database_settings import configure

WHO: Final = "SELECT current_setting('monps.server')"
HIGHEST: Final = "SELECT max(n) FROM number"
PAUSED: Final = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
Lines = list[MutableMapping[str, Any]]


class Sync:
    """The operations of an application, in threads."""

    def read(self, question: str, wait_for: str | None = None) -> Any:
        with core.database.get_read_db(wait_for) as session:
            return session.scalar(text(question))

    def write(self, statement: str) -> str:
        """Write, and return the WAL position after the commit."""
        with core.database.get_db() as session:
            session.execute(text(statement))
            session.commit()
            return core.database.wal_position(session)

    def close(self) -> None:
        core.database.reset()


@dataclass(frozen=True)
class Async:
    """The operations of an application, in one event loop."""

    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def read(self, question: str, wait_for: str | None = None) -> Any:
        async def work() -> Any:
            async with core.database.get_async_read_db(wait_for) as session:
                return await session.scalar(text(question))

        return self.runner.run(work())

    def write(self, statement: str) -> str:
        async def work() -> str:
            async with core.database.get_async_db() as session:
                await session.execute(text(statement))
                await session.commit()
                return await core.database.async_wal_position(session)

        return self.runner.run(work())

    def close(self) -> None:
        self.runner.run(core.database.reset_async())
        self.runner.close()
        core.database.reset()


Side = Sync | Async


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    with replication.open_cluster(2) as made:
        yield made


@pytest.fixture
def cluster(running: Cluster) -> Cluster:
    running.heal()
    return running


@pytest.fixture(scope="module")
def database_of_all(running: Cluster) -> Iterator[Database]:
    with servers.create_database(running.primary) as made:
        made.execute_each("CREATE TABLE number (n int)")
        yield made
        running.heal()  # A paused replica would prevent the database from being dropped.


@pytest.fixture
def database(cluster: Cluster, database_of_all: Database) -> Database:
    """One database per module: a replica that crashed replays the creation of each database."""
    database_of_all.execute_each("TRUNCATE number")
    cluster.catch_up()
    return database_of_all


@pytest.fixture(params=[Sync, Async], ids=["sync", "async"])
def side(
    request: pytest.FixtureRequest,
    cluster: Cluster,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Side]:
    """An application with both replicas, without a wait and without a pause after failures."""
    configure(
        monkeypatch,
        **database.environ(),
        DB_REPLICA_HOSTS=cluster.replica_hosts,
        DB_REPLICA_WAIT="0",
        DB_REPLICA_RETRY="0",
    )
    made: Side = request.param()
    yield made
    assert core.database.get_pool_status()["checked_out"] == 0
    made.close()


@contextmanager
def logged() -> Iterator[Lines]:
    with capture_logs() as lines:
        yield lines
    lines[:] = [line for line in lines if line["event"].startswith("replica.")]


def pause(cluster: Cluster) -> None:
    for replica in cluster.replicas:
        ask(replica, "SELECT pg_wal_replay_pause()")
        until(replica, PAUSED)


def resume(cluster: Cluster) -> None:
    for replica in cluster.replicas:
        ask(replica, "SELECT pg_wal_replay_resume()")
