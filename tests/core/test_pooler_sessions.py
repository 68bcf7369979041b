"""Data access through PgBouncer in transaction mode: ``DB_POOLER=transaction``."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

import core.database
from models import TeamQuantumDNA
from repositories import (
    AsyncUnitOfWork,
    UnitOfWork,
    run_async_unit_of_work,
    run_unit_of_work,
)
from schemaproof_testing.pooler import pooled
from schemaproof_testing.replication import Cluster
from schemaproof_testing.servers import Database
from tests.support import replica_sides
from tests.support.database_settings import configure
from tests.support.pooler_clients import CLIENTS, in_a_loop, run_async, run_sync, through_pooler
from tests.support.replica_sides import HIGHEST, WHO, Async, Side, Sync
from tests.support.repository_rows import Store, team

pytestmark = pytest.mark.slow
running, cluster, database_of_all = (
    replica_sides.running,
    replica_sides.cluster,
    replica_sides.database_of_all,
)
SERVER_SESSIONS: Final = 3
LIMITS: Final = {
    "DB_STATEMENT_TIMEOUT": "7s",
    "DB_LOCK_TIMEOUT": "5s",
    "DB_IDLE_IN_TRANSACTION_TIMEOUT": "9s",
}
NAMES: Final = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
ASK_LIMITS: Final = text(
    "SELECT " + " || ' ' || ".join(f"current_setting('{name}')" for name in NAMES)
)


@pytest.fixture
def application(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An engine with more connections than the pooler has server connections."""
    size = {"DB_POOL_SIZE": str(CLIENTS), "DB_POOL_TIMEOUT": "2min"}
    with through_pooler(store, folder, monkeypatch, SERVER_SESSIONS, **size, **LIMITS):
        yield


@pytest.fixture
def one_session(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An engine whose clients all get the same server connection."""
    with through_pooler(store, folder, monkeypatch, 1, **LIMITS):
        yield


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize("run", [run_sync, run_async])
def test_many_clients_share_few_sessions(store: Store, run: Callable[[], None]) -> None:
    run()
    assert store.count("odds") == CLIENTS * 50
    assert store.ask("SELECT DISTINCT market_dna ->> 'a' FROM quantum.team_quantum_dna") == [("2",)]
    with core.database.get_db() as session:
        # A named prepared statement would stay in the session of the server.
        assert session.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0


def ask_sync(options: dict[str, Any]) -> Any:
    with core.database.get_db() as session:
        session.connection(execution_options=options)
        return session.scalar(ASK_LIMITS)


def ask_async(options: dict[str, Any]) -> Any:
    async def ask() -> Any:
        async with core.database.get_async_db() as session:
            await session.connection(execution_options=options)
            return await session.scalar(ASK_LIMITS)

    return in_a_loop(ask())


@pytest.mark.usefixtures("one_session")
@pytest.mark.parametrize("ask", [ask_sync, ask_async])
def test_time_outs_hold_in_each_transaction_and_for_nobody_else(
    ask: Callable[[dict[str, Any]], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for options in ({}, {}, {"isolation_level": "SERIALIZABLE"}):
        assert ask(options) == "7s 5s 9s"
    assert ask({"isolation_level": "AUTOCOMMIT"}) == "0 0 0"
    for name in LIMITS:
        monkeypatch.delenv(name)
    configure(monkeypatch)
    assert ask({}) == "0 0 0"


@pytest.mark.usefixtures("one_session")
@pytest.mark.parametrize("ask", [ask_sync, ask_async])
def test_time_outs_cost_one_statement_and_none_without_them(
    ask: Callable[[dict[str, Any]], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def statements() -> int:
        ask({})  # The dialect sends some statements on its first connection.
        sent: list[str] = []

        def note(*arguments: Any) -> None:
            sent.append(arguments[2])

        event.listen(Engine, "before_cursor_execute", note)
        try:
            ask({})
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(sent)

    assert statements() == 2
    for name in LIMITS:
        monkeypatch.delenv(name)
    configure(monkeypatch)
    assert statements() == 1


@pytest.mark.usefixtures("one_session")
@pytest.mark.parametrize("side", ["sync", "async"])
def test_a_session_that_only_reads_leaves_the_next_one_free_to_write(
    store: Store, side: str
) -> None:
    async def read_and_write() -> None:
        async with core.database.get_async_read_db() as session:
            assert await session.scalar(text("SHOW transaction_read_only")) == "on"
        async with core.database.get_async_db() as session:
            session.add(team())

    if side == "async":
        in_a_loop(read_and_write())
    else:
        with core.database.get_read_db() as session:
            assert session.scalar(text("SHOW transaction_read_only")) == "on"
        with core.database.get_db() as session:
            session.add(team())
    assert store.count("quantum.team_quantum_dna") == 1


@pytest.mark.usefixtures("one_session")
def test_a_task_that_gives_up_leaves_no_statement_behind() -> None:
    async def give_up() -> Any:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), core.database.get_async_db() as session:
                await session.execute(text("SELECT pg_sleep(20)"))
        async with core.database.get_async_db() as session:
            return await session.scalar(text("SELECT 1"))

    assert in_a_loop(give_up()) == 1


@pytest.mark.usefixtures("application")
def test_conflicts_are_tried_again(
    store: Store,
) -> None:
    store.add(team(total_pnl=0))

    def more(uow: UnitOfWork) -> None:
        row = uow.teams.get_by_name("Lazio")
        assert row is not None
        row.total_pnl = (row.total_pnl or 0) + 1
        uow.teams.update(row)

    async def more_async(uow: AsyncUnitOfWork) -> None:
        row = await uow.teams.get_by_name("Lazio")
        assert row is not None
        row.total_pnl = (row.total_pnl or 0) + 1
        await uow.teams.update(row)

    async def everybody() -> None:
        sessions = core.database.AsyncSessionLocal
        await asyncio.gather(*(run_async_unit_of_work(sessions, more_async) for _ in range(5)))

    with ThreadPoolExecutor(5) as threads:
        for done in [
            threads.submit(run_unit_of_work, core.database.SessionLocal, more) for _ in range(5)
        ]:
            done.result()
    in_a_loop(everybody())
    with core.database.get_db() as session:
        assert session.query(TeamQuantumDNA).one().total_pnl == 10


@pytest.mark.usefixtures("one_session")
def test_the_schema_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, DB_REQUIRE_SCHEMA="true")
    with core.database.get_db() as session:
        assert isinstance(session, Session)
    in_a_loop(core.database.require_schema_async())


@pytest.mark.parametrize("make", [Sync, Async])
def test_replicas_stand_behind_poolers_of_their_own(
    cluster: Cluster,
    database_of_all: Database,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], Side],
) -> None:
    lines = ("pool_mode = transaction", "default_pool_size = 1")
    at_replica = replace(database_of_all, host=str(cluster.replicas[0].socket_directory))
    with (
        tempfile.TemporaryDirectory(prefix="monps-") as one,
        tempfile.TemporaryDirectory(prefix="monps-") as other,
        pooled(database_of_all, Path(one), *lines) as environ,
        pooled(at_replica, Path(other), *lines) as there,
    ):
        configure(
            monkeypatch,
            **environ,
            **LIMITS,
            DB_POOLER="transaction",
            DB_REPLICA_HOSTS=f"{there['DB_HOST']}:{there['DB_PORT']}",
            DB_REPLICA_WAIT="30s",
        )
        database_of_all.execute_each("TRUNCATE number")
        side = make()
        for number in range(5):
            position = side.write(f"INSERT INTO number VALUES ({number})")
            assert side.read(HIGHEST, position) == number
        assert side.read(WHO) == "replica0"
        side.close()
