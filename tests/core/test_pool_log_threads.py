"""The pool's log with threads, and with log handlers and processes that use the pool themselves."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import pytest
from sqlalchemy import Engine, text

from core.database import create_sync_engine
from core.pool_log import PoolLog
from schemaproof_testing.servers import Database
from tests.support.database_settings import settings_for
from tests.support.held_connections import Lines, open_together

pytestmark = pytest.mark.slow


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    made = create_sync_engine(settings_for(database, DB_POOL_SIZE=2, DB_MAX_OVERFLOW=9))
    yield made
    made.dispose()


def test_sixteen_threads(database: Database, lines: Lines) -> None:
    engine = create_sync_engine(settings_for(database))
    barrier = threading.Barrier(16)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            barrier.wait()
            for _ in range(30):
                with engine.connect() as connection:
                    connection.execute(text("SELECT pg_sleep(0.001)"))
        except BaseException as failure:  # noqa: BLE001 - handed to the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    # With any timing, lines are in order, each maximum is reported once, and every overflow that
    # begins also ends.
    overflow = [line for line in lines if "overflow" in line]
    counted = Counter(line["event"] for line in overflow)
    assert counted["pool.overflow_entered"] == counted["pool.overflow_left"] > 0
    turns = [line["event"] for line in overflow if line["event"] != "pool.overflow_maximum"]
    assert set(turns[::2]) == {"pool.overflow_entered"}
    assert set(turns[1::2]) == {"pool.overflow_left"}
    maxima = [line["overflow"] for line in overflow if line["event"] == "pool.overflow_maximum"]
    assert maxima == sorted(set(maxima))
    assert max(maxima) <= 10
    # The count is zero again: as many connections as the pool keeps are not an overflow.
    lines.clear()
    open_together(engine, 5).close()
    assert [line for line in lines if "overflow" in line] == []
    engine.dispose()


def test_a_log_handler_may_use_the_same_engine(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    class Nosy:
        def warning(self, name: str, **_: object) -> None:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
            heard.append(name)

        info = warning

    monkeypatch.setattr("structlog.get_logger", lambda *_: Nosy())
    open_together(engine, 3).close()
    assert heard[0] == "pool.overflow_entered"
    assert heard[-1] == "pool.overflow_left"


def test_garbage_collection_may_close_a_connection_in_the_middle(engine: Engine) -> None:
    log, nothing = PoolLog(engine), cast("Any", None)
    with log._lock:
        # The same thread can take the lock again while it counts.
        assert log._lock.acquire(blocking=False)
        log._lock.release()
        log.detached(nothing, nothing)


def test_child_starts_anew_with_free_locks(engine: Engine) -> None:
    log = PoolLog(engine)
    with log._lock:
        child = os.fork()
        if child == 0:
            # Another thread of the parent may have held the lock, which nobody would release in the
            # child.
            free: list[bool] = []
            thread = threading.Thread(target=lambda: free.append(log._lock.acquire(timeout=1)))
            thread.start()
            thread.join()
            os._exit(0 if free == [True] else 1)
    assert os.waitpid(child, 0)[1] == 0
