"""Metrics of pools on a real server agree with the pool itself and with its log."""

import asyncio
import gc
import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, exc, text

from core import database as core_database
from core.engines import create_async_engine, create_sync_engine
from core.errors import ConfigurationError
from core.health import pool_status
from core.metrics.prometheus import PrometheusMetrics
from schemaproof_testing.servers import Database
from tests.support.database_settings import configure, settings_for
from tests.support.held_connections import Lines, open_together
from tests.support.metrics import Scraped, measured, parsed


@pytest.fixture
def scrape() -> Iterator[Scraped]:
    with measured() as made:
        yield made


@pytest.fixture
def engine(database: Database, scrape: Scraped) -> Iterator[Engine]:
    assert scrape("monps_pool_size") == 0  # This comes before the engine is created.
    settings = settings_for(
        database, DB_POOL_SIZE=2, DB_MAX_OVERFLOW=2, DB_POOL_TIMEOUT=1, DB_POOL_RECYCLE=3600
    )
    made = create_sync_engine(settings)
    yield made
    made.dispose()


def terminate(database: Database, connection: Connection) -> None:
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    database.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def figures(scrape: Scraped) -> tuple[float, ...]:
    """Return the connections that are open, in use and in overflow."""
    names = ("connections", "in_use", "overflow")
    return tuple(scrape(f"monps_pool_{name}") for name in names)


def test_the_pool_is_sqlalchemys_own_while_nobody_observes(database: Database) -> None:
    assert type(create_sync_engine(settings_for(database)).pool).__module__ == (
        "sqlalchemy.pool.impl"
    )


def test_size_and_limit_stand_there_before_the_first_connection(
    engine: Engine, scrape: Scraped
) -> None:
    assert (scrape("monps_pool_size"), scrape("monps_pool_limit")) == (2, 4)
    assert figures(scrape) == (0, 0, 0)
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_every_figure_is_that_of_the_pool(engine: Engine, scrape: Scraped) -> None:
    with open_together(engine, 3):
        status = pool_status(engine)
        assert figures(scrape) == (3, status["checked_out"], status["overflow"]) == (3, 3, 1)
    assert figures(scrape) == (2, 0, 0)
    assert scrape("monps_pool_opened_total") == 3
    assert scrape("monps_pool_wait_seconds_count") == 3


def test_a_time_out_is_counted_and_leaves_nothing_in_use(engine: Engine, scrape: Scraped) -> None:
    with open_together(engine, 4), pytest.raises(exc.TimeoutError):
        engine.connect()
    assert scrape("monps_pool_timeouts_total") == 1
    assert scrape("monps_pool_failures_total") == 0
    assert scrape("monps_pool_wait_seconds_count") == 4
    assert figures(scrape) == (2, 0, 0)


def test_no_server_is_a_failure_and_no_time_out(database: Database, scrape: Scraped) -> None:
    engine = create_sync_engine(settings_for(database, DB_PORT=1))
    with pytest.raises(exc.OperationalError):
        engine.connect()
    assert scrape("monps_pool_failures_total") == 1
    assert scrape("monps_pool_timeouts_total") == 0
    assert figures(scrape) == (0, 0, 0)


@pytest.mark.parametrize("way_out", ["invalidate", "detach"])
def test_a_connection_that_leaves_the_pool_is_not_in_use(
    engine: Engine, scrape: Scraped, way_out: str
) -> None:
    with engine.connect() as connection:
        getattr(connection, way_out)()
    assert figures(scrape) == (0, 0, 0)
    assert scrape("monps_pool_lost_total") == 0


def test_connections_that_are_forgotten_are_no_longer_counted(
    engine: Engine, scrape: Scraped
) -> None:
    held = open_together(engine, 3)
    engine.dispose()
    assert figures(scrape) == (0, 0, 0)
    held.close()
    assert figures(scrape) == (0, 0, 0)


def test_an_engine_that_is_thrown_away_counts_no_more(database: Database, scrape: Scraped) -> None:
    engine = create_sync_engine(settings_for(database))
    open_together(engine, 2).close()
    assert scrape("monps_pool_connections") == 2
    engine.dispose()
    del engine
    gc.collect()
    assert scrape("monps_pool_size") == scrape("monps_pool_connections") == 0


def test_the_log_and_the_metrics_agree(
    engine: Engine, database: Database, scrape: Scraped, lines: Lines
) -> None:
    for _ in range(3):
        connection = engine.connect()
        terminate(database, connection)
        with pytest.raises(exc.OperationalError):
            connection.execute(text("SELECT 1"))
        connection.close()
    for _ in range(6):
        open_together(engine, 4).close()
    with open_together(engine, 4):
        printed = [line for line in lines if "overflow" in line][-1]
        assert printed["maximum"] == scrape("monps_pool_overflow") == 2
        assert printed["pool_size"] == scrape("monps_pool_size")
    lost = [line for line in lines if line["event"] == "pool.connection_lost"]
    assert len(lost) == scrape("monps_pool_lost_total") == 3
    opened = [line["opened"] for line in lines if line["event"] == "pool.connections_opened"]
    assert opened == [10]
    assert scrape("monps_pool_opened_total") // 10 == 1


def test_a_connection_that_grows_too_old_is_recycled_and_not_lost(
    database: Database, scrape: Scraped
) -> None:
    engine = create_sync_engine(settings_for(database, DB_POOL_RECYCLE=0))
    for _ in range(4):
        engine.connect().close()
    # SQLAlchemy considers the first connection too old immediately.
    assert scrape("monps_pool_recycled_total") == 4
    assert scrape("monps_pool_opened_total") == 5
    assert scrape("monps_pool_lost_total") == 0
    assert figures(scrape) == (1, 0, 0)
    engine.dispose()


def test_an_asynchronous_pool_has_the_same_figures(database: Database, scrape: Scraped) -> None:
    settings = settings_for(database, DB_POOL_SIZE=1, DB_MAX_OVERFLOW=1, DB_POOL_TIMEOUT=1)

    async def work() -> None:
        engine = create_async_engine(settings)
        async with engine.connect(), engine.connect():
            assert figures(scrape) == (2, 2, 1)
            with pytest.raises(exc.TimeoutError):
                await engine.connect()
        assert figures(scrape) == (1, 0, 0)
        await engine.dispose()

    asyncio.run(work())
    assert scrape("monps_pool_timeouts_total", pool="async") == 1
    assert scrape("monps_pool_timeouts_total", pool="sync") == 0


def test_a_child_counts_what_it_does_itself(engine: Engine, scrape: Scraped) -> None:
    with open_together(engine, 3) as held:
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            try:
                held.close()  # The connections of the parent do not belong to this process.
                open_together(engine, 1).close()
                os.write(writing, scrape.metrics.exposition())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            page = parsed(pipe.read())
        os.waitpid(child, 0)
    names = ("size", "connections", "in_use", "overflow", "opened_total", "wait_seconds_count")
    assert [sum(page[f"monps_pool_{name}"].values()) for name in names] == [2, 1, 0, 0, 1, 1]
    assert scrape("monps_pool_wait_seconds_count") == 3


def test_metrics_that_would_miss_the_engine_are_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, **database.environ())
    core_database.get_pool_status()
    with pytest.raises(ConfigurationError, match="start the metrics before"):
        PrometheusMetrics().start()
    core_database.reset()
