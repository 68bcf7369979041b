"""Several hosts in DB_HOST: the primary fails, and a standby is promoted."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

import core.database
import core.errors
import core.replicas
from core.async_sessions import AsyncSessions
from core.config import DatabaseSettings
from core.sync_sessions import Sessions
from repositories.aio.retry import run_async_unit_of_work
from repositories.aio.unit_of_work import AsyncUnitOfWork
from repositories.retry import RetryPolicy, idempotent, run_unit_of_work
from repositories.unit_of_work import UnitOfWork
from schemaproof.connection.driver_errors import translate_driver_error
from schemaproof_testing import replication, servers
from schemaproof_testing.project import Programs, make_workspace
from schemaproof_testing.replication import Cluster, ask_outside, crash
from schemaproof_testing.servers import Database, ask
from schemaproof_testing.silent_proxy import silent_proxy
from tests.support.primary_pair import WHO, Pair, by_asyncpg, by_psycopg2, migrating

pytestmark = pytest.mark.slow
WRITE = text(f"INSERT INTO work VALUES (DEFAULT, ({WHO}))")
# This is longer than a promotion takes on a busy machine.
PATIENT = RetryPolicy(attempts=60, longest_wait=0.5)


@pytest.fixture
def pair() -> Iterator[Pair]:
    with replication.open_cluster(1) as cluster:
        with servers.administration(cluster.primary) as cursor:
            cursor.execute(f"CREATE DATABASE failover OWNER {servers.USER}")
        made = Database(
            host=str(cluster.primary.socket_directory),
            port=cluster.primary.port,
            user=servers.USER,
            password=servers.PASSWORD,
            name="failover",
            server=cluster.primary,
        )
        made.execute("CREATE TABLE work (n serial, server text)")
        cluster.catch_up()
        yield Pair(cluster, made)


WAYS = [by_psycopg2, by_asyncpg, migrating]
ATTRIBUTES = {
    "": "primary",
    "read-write": "primary",
    "primary": "primary",
    "any": "replica0",  # This is the first host.
    "standby": "replica0",
    "read-only": "replica0",
    "prefer-standby": "replica0",
}


def test_the_first_server_that_will_do_is_used(pair: Pair) -> None:
    for attributes, server in ATTRIBUTES.items():
        settings = pair.settings(standby_first=True, DB_TARGET_SESSION_ATTRS=attributes)
        assert [way(settings) for way in WAYS] == [server] * len(WAYS), attributes


def test_one_that_is_silent_costs_its_own_time_alone(pair: Pair) -> None:
    with silent_proxy(pair.database, silent_at=1) as (_, environ):
        hosts = f"{environ['DB_HOST']},{pair.database.host}"
        given = {**environ, "DB_HOST": hosts, "DB_CONNECT_TIMEOUT": "2s"}
        settings = DatabaseSettings(_env_file=None, **given)
        assert [way(settings) for way in WAYS] == ["primary"] * len(WAYS)


def test_a_password_that_the_primary_refuses_is_told_from_a_standby_that_will_not_do(
    pair: Pair,
) -> None:
    """The paused standby still accepts the old password."""
    ask(pair.cluster.replicas[0], "SELECT pg_wal_replay_pause()")
    ask_outside(pair.cluster.primary, f"ALTER ROLE {servers.USER} PASSWORD 'another'")
    settings = pair.settings(standby_first=True)
    for way in WAYS:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - of either driver
            way(settings)
        told = translate_driver_error(caught.value, settings)
        assert "check DB_USER" in str(told)


def test_without_one_that_will_do_the_message_says_which_was_wanted(pair: Pair) -> None:
    crash(pair.cluster.primary)
    settings = pair.settings()
    for way in WAYS:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - of either driver
            way(settings)
        told = translate_driver_error(caught.value, settings)
        assert "is read-write (DB_TARGET_SESSION_ATTRS)" in str(told)
    assert [way(pair.settings(DB_TARGET_SESSION_ATTRS="prefer-standby")) for way in WAYS] == [
        "replica0"
    ] * len(WAYS)


@dataclass
class Work:
    """Runs units of work one after the other, synchronous and asynchronous."""

    settings: DatabaseSettings
    servers: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def synchronously(self) -> None:
        engine = core.database.create_sync_engine(self.settings)
        sessions = Sessions(lambda: engine, expire_on_commit=False)

        @idempotent
        def write(uow: UnitOfWork) -> str:
            uow.session.execute(WRITE)
            return str(uow.session.scalar(text(WHO)))

        try:
            while not self.done.is_set():
                self.servers.append(run_unit_of_work(sessions, write, policy=PATIENT))
        except Exception as error:  # noqa: BLE001 - whatever it is
            self.failures.append(error)
        engine.dispose()

    def asynchronously(self) -> None:
        asyncio.run(self._in_tasks())

    async def _in_tasks(self) -> None:
        engine = core.database.create_async_engine(self.settings)
        sessions = AsyncSessions(lambda: engine, expire_on_commit=False)

        @idempotent
        async def write(uow: AsyncUnitOfWork) -> str:
            await uow.session.execute(WRITE)
            return str(await uow.session.scalar(text(WHO)))

        async def one() -> None:
            while not self.done.is_set():
                done = await run_async_unit_of_work(sessions, write, policy=PATIENT)
                self.servers.append(done)

        try:
            await asyncio.gather(*(one() for _ in range(4)))
        except Exception as error:  # noqa: BLE001 - whatever it is
            self.failures.append(error)
            self.done.set()
        await engine.dispose()


def goes(cluster: Cluster) -> None:
    crash(cluster.primary)


def takes_no_writes(cluster: Cluster) -> None:
    """Make the primary read-only, as before a planned promotion; it keeps its sessions."""
    ask_outside(cluster.primary, "ALTER SYSTEM SET default_transaction_read_only = on")
    ask(cluster.primary, "SELECT pg_reload_conf()")


@pytest.mark.parametrize("fails", [goes, takes_no_writes])
def test_units_of_work_go_on_with_the_promoted_standby(
    pair: Pair, fails: Callable[[Cluster], None]
) -> None:
    # The pool also contains idle connections to the old primary.
    work = Work(pair.settings())
    workers = [
        threading.Thread(target=job)
        for job in (work.synchronously, work.synchronously, work.asynchronously)
    ]
    with capture_logs():
        for worker in workers:
            worker.start()
        _until(lambda: len(work.servers) > 50 or bool(work.failures))
        fails(pair.cluster)
        pair.promote()
        _until(lambda: work.servers.count("replica0") > 50 or bool(work.failures))
        work.done.set()
        for worker in workers:
            worker.join(timeout=60)
    assert work.failures == []
    last = max(n for n, server in enumerate(work.servers) if server == "primary")
    assert set(work.servers[last + 1 :]) == {"replica0"}


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_session_that_only_reads_keeps_its_server(pair: Pair) -> None:
    """A read-only session cannot write on any server, so its connection is kept."""
    engine = core.database.create_sync_engine(pair.settings())
    pids = set()
    for _ in range(2):
        with engine.connect() as connection:
            pids.add(connection.scalar(text("SELECT pg_backend_pid()")))
            connection.execute(text("SET TRANSACTION READ ONLY"))
            with pytest.raises(Exception, match="read-only"):
                connection.execute(WRITE)
            assert not connection.invalidated
    engine.dispose()
    assert len(pids) == 1


def test_the_programs_find_the_promoted_standby(pair: Pair, tmp_path: Path) -> None:
    programs = Programs(make_workspace(tmp_path), pair.environ())
    programs.alembic("upgrade", "head").succeeded()
    pair.cluster.catch_up()
    crash(pair.cluster.primary)
    told = programs.monps_db("check")
    assert told.code == 6
    assert "is read-write (DB_TARGET_SESSION_ATTRS)" in told.err
    assert programs.monps_db("check", DB_TARGET_SESSION_ATTRS="any").code == 0
    pair.promote()
    for command in (["check"], ["upgrade"], ["status"]):
        told = programs.monps_db(*command).succeeded()
    replica = pair.cluster.replicas[0]
    assert f"at {replica.socket_directory}/.s.PGSQL.{replica.port}" in told.out


def test_a_replica_without_a_port_is_refused_where_the_primaries_have_several(pair: Pair) -> None:
    settings = pair.settings(DB_REPLICA_HOSTS="/elsewhere", DB_PORT="1,2")
    with pytest.raises(core.errors.ConfigurationError, match="has no port"):
        core.replicas.Replicas(settings)
    there = settings.at_replica(replace(settings.DB_REPLICA_HOSTS[0], port=5))
    assert there.addresses == (("/elsewhere", 5),)
    assert there.session_attributes == "any"
