"""Concurrent bulk writes, and server processes that are killed in each phase."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from repositories.bulk import encode, execute
from repositories.bulk import flow as flows
from repositories.bulk.result import Upserted
from tests.support.either_side import either_side
from tests.support.repository_rows import Store
from tests.support.upsert_rows import PHASES, Row, price
from tests.support.upsert_rows import upsert as write

pytestmark = pytest.mark.slow


@either_side
def test_two_that_insert_the_same_rows_end_with_one_of_each(store: Store) -> None:
    rows = [price(f"m{number}") for number in range(200)]
    with ThreadPoolExecutor(1) as threads, store.unit_of_work() as uow:
        assert uow.odds.upsert_many(rows) == Upserted(inserted=200)
        second = threads.submit(write, store, [{**row, "home_odds": 3.0} for row in rows])
        store.until_blocked()
        uow.commit()
        assert second.result(60) == Upserted(updated=200)
    assert store.ask("SELECT count(*), min(home_odds) FROM odds") == [(200, 3.0)]


def test_the_same_rows_from_somebody_faster_are_unchanged(store: Store) -> None:
    rows = [price(f"m{number}") for number in range(20)]
    with ThreadPoolExecutor(1) as threads, store.unit_of_work() as uow:
        uow.odds.upsert_many(rows)
        second = threads.submit(write, store, rows)
        store.until_blocked()
        uow.commit()
        assert second.result(60) == Upserted(unchanged=20)


def test_when_the_faster_one_rolls_back_the_other_inserts(store: Store) -> None:
    with ThreadPoolExecutor(1) as threads, store.unit_of_work() as uow:
        uow.odds.upsert_many([price()])
        second = threads.submit(write, store, [price()])
        store.until_blocked()
        uow.rollback()
        assert second.result(60) == Upserted(inserted=1)


def test_a_row_that_is_deleted_meanwhile_is_inserted_again(store: Store) -> None:
    write(store, [price()])
    with ThreadPoolExecutor(1) as threads, store.sessions() as other:
        other.execute(text("DELETE FROM odds"))
        second = threads.submit(write, store, [price(home_odds=3.0)])
        store.until_blocked()
        other.commit()
        assert second.result(60).unchanged == 0
    assert store.ask("SELECT home_odds FROM odds") == [(3.0,)]


def test_a_changed_row_waits_for_whoever_holds_it(store: Store) -> None:
    write(store, [price()])
    with ThreadPoolExecutor(1) as threads, store.sessions() as other:
        other.execute(text("SELECT FROM odds FOR UPDATE"))
        second = threads.submit(write, store, [price(home_odds=3.0)])
        store.until_blocked()
        other.rollback()
        assert second.result(60) == Upserted(updated=1)


def test_eight_that_write_the_same_rows_in_any_order_lose_nothing(store: Store) -> None:
    rows = [price(f"m{number:03}") for number in range(300)]
    together = threading.Barrier(8)

    def one(number: int) -> Upserted:
        mine = [{**row, "home_odds": 2.0 + number} for row in rows]
        together.wait(60)
        return write(store, mine)

    with ThreadPoolExecutor(8) as threads:
        done = [future.result(120) for future in [threads.submit(one, n) for n in range(8)]]
    assert sum(each.inserted for each in done) == 300
    assert store.ask("SELECT count(*), count(DISTINCT home_odds) FROM odds") == [(300, 1)]


def backend(driver: Any) -> int:
    return int(getattr(driver, "get_server_pid", lambda: driver.info.backend_pid)())


@either_side
@pytest.mark.parametrize("phase", PHASES)
def test_a_backend_that_is_killed_in_any_phase_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    write(store, [price("kept")])
    monkeypatch.setattr(encode, "SLICE", 10)
    monkeypatch.setattr(encode, "BATCH_ROWS", 10)
    execute_step = execute._execute_step
    seen: list[str] = []

    def kill_then_execute(connection: Any, step: flows.Step, send_copy: Any) -> object:
        seen.append(str(step.statement))
        if phase in seen[-1]:
            pid = backend(connection.connection.driver_connection)
            store.ask("SELECT pg_terminate_backend(%s, 5000)", pid)
        return execute_step(connection, step, send_copy)

    monkeypatch.setattr(execute, "_execute_step", kill_then_execute)
    rows = [price("kept", home_odds=7.0), *(price(f"m{number}") for number in range(40))]
    with store.unit_of_work() as uow, pytest.raises(DBAPIError) as caught:
        uow.odds.upsert_many(rows)
    assert caught.value.connection_invalidated
    assert phase in str(caught.value.statement)
    monkeypatch.setattr(execute, "_execute_step", execute_step)
    assert phase in seen[-1]
    assert store.ask("SELECT match_id, home_odds FROM odds") == [("kept", 2.0)]
    assert write(store, rows) == Upserted(inserted=40, updated=1)


def test_a_statement_that_is_cancelled_keeps_nothing_and_is_not_taken_for_a_bad_row(
    store: Store,
) -> None:
    write(store, [price()])

    def change() -> None:
        with store.unit_of_work() as uow:
            uow.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            uow.odds.upsert_many([price("new"), price(home_odds=3.0)])
            uow.commit()

    with store.sessions() as other:
        other.execute(text("SELECT FROM odds FOR UPDATE"))
        with pytest.raises(OperationalError) as caught:
            change()
    assert getattr(caught.value.orig, "pgcode", None) == "55P03"
    assert store.ask("SELECT match_id, home_odds FROM odds") == [("m1", 2.0)]


def test_an_interruption_does_not_wait_for_somebody_elses_lock(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, [price()])
    monkeypatch.setattr(encode, "SLICE", 1)
    monkeypatch.setattr(encode, "BATCH_ROWS", 1)

    def rows() -> Iterator[Row]:
        yield price(home_odds=3.0)
        store.until_blocked()
        raise KeyboardInterrupt

    with store.sessions() as other:
        other.execute(text("SELECT FROM odds FOR UPDATE"))
        with pytest.raises(KeyboardInterrupt), store.unit_of_work() as uow:
            uow.odds.upsert_many(rows())
    assert store.ask("SELECT home_odds FROM odds") == [(2.0,)]
