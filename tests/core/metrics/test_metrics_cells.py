"""Figures in memory that other processes read: none is lost, and none is counted twice."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter, generate_latest

from core.errors import ConfigurationError
from core.metrics.cells import Store
from core.metrics.prometheus import FOLDER, PrometheusMetrics
from core.observers import PoolName
from tests.support.metrics import Scraped

POOL = PoolName("sync", "server")
CONNECTION: Any = object()
WAITS = "monps_pool_wait_seconds_count"
RETRIES = "monps_unit_of_work_retries_total"


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Metrics with a folder, for several processes."""
    monkeypatch.setenv(FOLDER, str(tmp_path))
    return tmp_path


@pytest.fixture(params=[False, True], ids=["one", "several"])
def processes(request: pytest.FixtureRequest) -> None:
    if request.param:
        request.getfixturevalue("shared")


@contextmanager
def another_process() -> Iterator[Scraped]:
    """Yield metrics that count as another process, which ends with the block; keep no reference."""
    yield Scraped(PrometheusMetrics())
    gc.collect()


class Slow:
    """Cells whose reader is interrupted before it writes."""

    def __init__(self, cells: memoryview[float]) -> None:
        self._cells = cells

    def __getitem__(self, place: int) -> float:
        figure = self._cells[place]
        time.sleep(0)
        return figure

    def __setitem__(self, place: int, figure: float) -> None:
        self._cells[place] = figure


@pytest.mark.usefixtures("processes")
def test_no_count_is_lost_between_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = Store.own_cells
    monkeypatch.setattr(Store, "own_cells", lambda *given: Slow(cells(*given)))
    metrics = PrometheusMetrics()
    pool = metrics.pool(POOL)

    def work() -> None:
        connection: Any = object()
        for _ in range(100):
            pool.changed(size=1, limit=1, connections=1, overflow=1)
            pool.connection_given(connection, 0.5)
            pool.connection_lost()
            metrics.unit_retried()
            metrics.rows_written("table", inserted=1, updated=1, unchanged=1)
            pool.connection_returned(connection)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scrape = Scraped(metrics)
    assert scrape("monps_pool_size") == scrape("monps_pool_overflow") == 800
    assert scrape(WAITS) == scrape("monps_pool_lost_total") == scrape(RETRIES) == 800
    assert scrape("monps_pool_wait_seconds_sum") == 400
    assert scrape("monps_bulk_rows_total") == 3 * 800
    assert scrape("monps_pool_in_use") == 0


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("number", [1, 3000])
def test_there_may_be_any_number_of_series_of_any_name(number: int) -> None:
    metrics = PrometheusMetrics()
    for each in range(number):
        table = f'{each} "schéma".\n\\ {"t" * (70_000 if number == 1 else 9)}'
        metrics.rows_written(table, inserted=each + 1, updated=0, unchanged=0)
    assert Scraped(metrics)("monps_bulk_rows_total") == sum(range(number + 1))


@pytest.mark.usefixtures("processes")
def test_a_duration_is_in_the_bucket_that_ends_with_it() -> None:
    metrics = PrometheusMetrics()
    for seconds in (0, 0.0005, 0.0006, 30, 31):
        metrics.pool(POOL).connection_given(CONNECTION, seconds)
    lines = metrics.exposition().decode().splitlines()
    buckets = [line for line in lines if line.startswith("monps_pool_wait_seconds_bucket")]
    figures = [line.split()[-1] for line in buckets]
    assert 'le="0.0005"' in buckets[0]
    assert figures[:2] == ["2.0", "3.0"]
    assert 'le="30.0"' in buckets[-2]
    assert figures[-2:] == ["4.0", "5.0"]


@pytest.mark.usefixtures("processes")
def test_they_stand_beside_metrics_of_the_programs_own() -> None:
    registry = CollectorRegistry()
    Counter("own", "", registry=registry).inc()
    PrometheusMetrics(registry).unit_retried()
    page = generate_latest(registry).decode()
    assert "own_total 1.0" in page
    assert f"{RETRIES} 1.0" in page


def test_what_a_process_counted_stays_and_what_it_had_goes(shared: Path) -> None:
    lasting = Scraped(PrometheusMetrics())
    with another_process() as ended:
        ended.metrics.unit_retried()
        ended.metrics.replica_lags("replica", 7)
        ended.metrics.pool(POOL).changed(size=5, limit=5, connections=2, overflow=0)
        assert lasting("monps_pool_size") == ended("monps_pool_size") == 5
        del ended
    assert lasting("monps_pool_size") == 0
    assert lasting(RETRIES) == 1
    assert lasting("monps_replica_lag_seconds") == 7
    # The next process continues the file, so there are never more files than processes at a time.
    with another_process() as following:
        following.metrics.unit_retried()
        following.metrics.pool(POOL).connection_given(CONNECTION, 1)
        assert lasting(RETRIES) == 2
        assert (lasting("monps_pool_size"), lasting("monps_pool_in_use")) == (0, 1)
        assert len(list(shared.iterdir())) == 2


@pytest.mark.usefixtures("shared")
def test_the_lag_of_a_replica_is_the_one_that_was_seen_last() -> None:
    one, other = Scraped(PrometheusMetrics()), Scraped(PrometheusMetrics())
    for metrics, seconds in ((one, 4), (other, 3), (one, 2)):
        metrics.metrics.replica_lags("replica", seconds)
        assert one("monps_replica_lag_seconds") == other("monps_replica_lag_seconds") == seconds


def test_a_process_that_dies_while_it_writes_a_name_spoils_nothing(shared: Path) -> None:
    with another_process() as ended:
        ended.metrics.unit_retried()
        block = ended.metrics._store._blocks[-1]
        block.memory[block._end + 8 : block._end + 108] = b"x" * 100  # The name has no header yet.
        del ended, block
    following = Scraped(PrometheusMetrics())
    following.metrics.rows_written("t", inserted=2, updated=0, unchanged=0)
    assert (following(RETRIES), following("monps_bulk_rows_total")) == (1, 2)
    assert len(list(shared.iterdir())) == 1


def test_files_of_another_version_are_left_alone(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("core.metrics.prometheus._LAYOUT", "another")
        other = Scraped(PrometheusMetrics())
    other.metrics.unit_retried()
    assert Scraped(PrometheusMetrics())(RETRIES) == 0
    assert other(RETRIES) == 1
    assert len(list(shared.iterdir())) == 2


def test_a_folder_that_is_emptied_meanwhile_breaks_no_scrape(shared: Path) -> None:
    scrape = Scraped(PrometheusMetrics())
    for file in shared.iterdir():
        file.unlink()
    scrape.metrics.unit_retried()
    assert scrape(RETRIES) == 0


def test_a_folder_that_cannot_be_written_is_said(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, os.fspath(shared / "missing"))
    with pytest.raises(ConfigurationError, match=r"cannot be written into .*missing: No such"):
        PrometheusMetrics()


def test_threads_that_end_leave_their_cells_to_those_that_begin(shared: Path) -> None:
    scrape = Scraped(PrometheusMetrics())
    pool = scrape.metrics.pool(POOL)

    def work() -> None:
        pool.connection_given(CONNECTION, 0.5)

    for number in range(200):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert scrape("monps_pool_in_use") == 1
        # This is called by another thread than the one that was given the connection.
        pool.connection_returned(CONNECTION)
        assert (scrape("monps_pool_in_use"), scrape(WAITS)) == (0, number + 1)
    assert len([*scrape.metrics._store.read()]) < 50
    assert len(list(shared.iterdir())) == 1


@pytest.mark.usefixtures("processes")
def test_a_connection_that_nobody_got_and_one_that_is_back_already_are_not_given_back() -> None:
    scrape = Scraped(PrometheusMetrics())
    pool = scrape.metrics.pool(POOL)
    pool.connection_returned(CONNECTION)
    pool.connection_given(CONNECTION, 0.5)
    for left in (0, 0):
        pool.connection_returned(CONNECTION)
        assert scrape("monps_pool_in_use") == left
