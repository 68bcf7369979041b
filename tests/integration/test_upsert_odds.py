"""Odds in bulk: what is stored, what is touched, and what a failure leaves behind."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from core.embedded.server import LocalServer
from core.errors import CheckViolationError
from repositories.loading.merge import Merged
from repositories.loading.upsert_odds import COLUMNS, upsert_odds
from tests.integration import repository_rows
from tests.integration.repository_rows import Store, open_store

store = repository_rows.store

KILL_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def any_store(any_server: LocalServer) -> Iterator[Store]:
    with open_store(any_server) as opened:
        yield opened


def rows(count: int) -> Iterator[dict[str, Any]]:
    moment = datetime(2025, 11, 29, 15, tzinfo=UTC)
    for number in range(count):
        yield {
            "match_id": f"m{number}",
            "home_team": "A",
            "away_team": "B",
            "league": "L",
            "commence_time": moment,
            "bookmaker": "P",
            "bookmaker_key": None,
            "market": "h2h",
            "price_type": "closing",
            "home_odds": 1.5,
            "draw_odds": None,
            "away_odds": 1 / 3e-7,
            "line": None,
            "over_odds": None,
            "under_odds": None,
            "is_live": False,
            "collected_at": moment,
        }


@pytest.mark.parametrize("name", ["\\N", "\\.", "a\\tb", "tab\there", "Ñublense 日本", "a'b\"c;--"])
def test_names_are_stored_as_they_are(store: Store, name: str) -> None:
    row = {**next(rows(1)), "home_team": name}
    with store.unit_of_work() as uow:
        upsert_odds(uow.session, [row])
        uow.commit()
    assert store.ask("SELECT home_team FROM odds") == [(name,)]


def upsert(store: Store, given: Iterator[dict[str, Any]]) -> Merged:
    with store.unit_of_work() as uow:
        merged = upsert_odds(uow.session, given)
        uow.commit()
    return merged


LATER = datetime(2025, 12, 1, tzinfo=UTC)
CHANGES = {
    **dict.fromkeys(("home_team", "away_team", "league", "bookmaker_key"), "Changed"),
    **dict.fromkeys(("commence_time", "collected_at"), LATER),
    **dict.fromkeys(("home_odds", "draw_odds", "away_odds", "over_odds", "under_odds"), 7.5),
    "is_live": True,
}
KEY = {"match_id", "bookmaker", "market", "price_type", "line"}


def test_every_field_is_part_of_the_key_or_can_change() -> None:
    assert {*CHANGES, *KEY} == set(COLUMNS)


@pytest.mark.parametrize("field", CHANGES)
def test_a_change_of_any_field_is_stored_and_is_no_change_the_next_time(
    store: Store, field: str
) -> None:
    upsert(store, rows(1))
    changed = {**next(rows(1)), field: CHANGES[field]}
    assert upsert(store, iter([changed])) == Merged(updated=1)
    assert store.ask(f"SELECT {field} FROM odds") == [(CHANGES[field],)]
    assert upsert(store, iter([changed])) == Merged(unchanged=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("match_id", "other"),
        ("bookmaker", "other"),
        ("market", "other"),
        ("price_type", "opening"),
        ("line", 0.0),
    ],
)
def test_another_key_is_another_row(store: Store, field: str, value: Any) -> None:
    upsert(store, rows(1))
    assert upsert(store, iter([{**next(rows(1)), field: value}])) == Merged(created=1)


def test_no_rows_are_no_work(store: Store) -> None:
    with store.unit_of_work() as uow:
        assert upsert_odds(uow.session, []) == Merged()


def test_two_bulks_in_one_transaction(store: Store) -> None:
    with store.unit_of_work() as uow:
        assert upsert_odds(uow.session, rows(2)) == Merged(created=2)
        assert upsert_odds(uow.session, rows(3)) == Merged(created=1, unchanged=2)


def test_a_constraint_speaks_up_by_its_column(store: Store) -> None:
    with (
        pytest.raises(CheckViolationError) as caught,
        store.unit_of_work() as uow,
    ):
        upsert_odds(uow.session, [{**next(rows(1)), "home_odds": 0.5}])
    assert caught.value.columns == ("home_odds",)


def test_rows_in_memory_are_read_again(store: Store) -> None:
    with store.unit_of_work() as uow:
        upsert_odds(uow.session, rows(1))
        (row,) = uow.odds.get_all()
        upsert_odds(uow.session, [{**next(rows(1)), "home_odds": 9.0}])
        assert row.home_odds == 9.0


def test_what_goes_wrong_while_rows_are_made_is_what_is_raised(store: Store) -> None:
    def failing() -> Iterator[dict[str, Any]]:
        yield from rows(5000)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"), store.unit_of_work() as uow:
        upsert_odds(uow.session, failing())
    assert store.count("odds") == 0


def test_a_killed_session_keeps_nothing(store: Store) -> None:
    def killed() -> Iterator[dict[str, Any]]:
        yield from rows(3000)
        store.ask(KILL_OTHERS)
        yield from rows(100_000)

    with pytest.raises(DBAPIError), store.unit_of_work() as uow:
        upsert_odds(uow.session, killed())
    assert store.count("odds") == 0


def test_rows_are_held_a_piece_at_a_time(store: Store) -> None:
    with store.unit_of_work() as uow:
        upsert_odds(uow.session, rows(1))
        tracemalloc.start()
        assert upsert_odds(uow.session, rows(60_000)).created == 59_999
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_session_that_is_killed_while_it_writes_keeps_nothing(store: Store) -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            upsert(store, rows(3))
        except DBAPIError as error:
            failures.append(error)

    with closing(store.database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE odds IN SHARE MODE")
        writer = threading.Thread(target=write)
        writer.start()
        store.until_blocked()
        cursor.execute(KILL_OTHERS)
        writer.join(30)
    assert len(failures) == 1
    assert store.count("odds") == 0


def test_a_row_that_another_session_is_inserting_is_updated(any_store: Store) -> None:
    """It is not there when the rows are compared, and there when they are written."""
    done: list[Merged] = []
    with any_store.unit_of_work() as uow:
        upsert_odds(uow.session, [{**next(rows(1)), "home_odds": 9.0}])
        other = threading.Thread(target=lambda: done.append(upsert(any_store, rows(2))))
        other.start()
        any_store.until_blocked()
        uow.commit()
        other.join(30)
    assert done == [Merged(created=1, updated=1)]
    assert any_store.ask("SELECT DISTINCT home_odds FROM odds") == [(1.5,)]


def test_equal_rows_are_not_even_locked(store: Store) -> None:
    upsert(store, rows(2))
    with closing(store.database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM odds FOR UPDATE")
        assert upsert(store, rows(2)) == Merged(unchanged=2)
