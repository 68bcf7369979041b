"""How a bulk write finds the rows of a batch: one by one, or by a join."""

from typing import Any

import pytest

from repositories import BaseRepository
from repositories.bulk import encode, execute
from repositories.bulk.planner_settings import TOGETHER
from repositories.bulk.result import Upserted
from tests.support.own_models import Note, create_tables
from tests.support.repository_rows import Store
from tests.support.upsert_rows import Row, price, upsert

pytestmark = pytest.mark.slow


def prices(matches: int, each: int) -> list[Row]:
    """Return a number of matches with a number of prices each."""
    return [
        price(f"m{match}", bookmaker=f"b{number}", line=None if number % 3 else number / 2)
        for match in range(matches)
        for number in range(each)
    ]


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return how the server finds the rows of each batch."""
    seen: list[str] = []
    execute_step = execute._execute_step

    def explain_and_execute(connection: Any, step: Any, send_copy: Any) -> Any:
        if "found AS" in str(step.statement):
            options = {"literal_binds": True}
            compiled = step.statement.compile(dialect=connection.dialect, compile_kwargs=options)
            plan = connection.exec_driver_sql(f"EXPLAIN {compiled}").scalars()
            seen.append("\n".join(plan))
        return execute_step(connection, step, send_copy)

    monkeypatch.setattr(execute, "_execute_step", explain_and_execute)
    return seen


def test_rows_that_share_a_match_are_read_together(store: Store, plans: list[str]) -> None:
    upsert(store, prices(20, TOGETHER))
    upsert(store, prices(20, TOGETHER))
    assert "Hash" in plans[-1]
    assert "Nested Loop" not in plans[-1]


def test_rows_of_many_matches_are_looked_up_one_by_one(store: Store, plans: list[str]) -> None:
    upsert(store, prices(20, TOGETHER - 1))
    upsert(store, prices(20, TOGETHER - 1))
    assert "Nested Loop" in plans[-1]


def test_a_table_that_statistics_call_empty_is_not_read_once_for_each_row(
    store: Store, plans: list[str]
) -> None:
    upsert(store, prices(500, 1))
    store.database.superuser.execute(
        "UPDATE pg_class SET reltuples = 0, relpages = 9 WHERE oid = 'odds'::regclass"
    )
    upsert(store, prices(1000, 1))
    assert "Hash" in plans[-1]
    assert "Nested Loop" not in plans[-1]


@pytest.mark.parametrize("each", [1, TOGETHER, 3 * TOGETHER])
@pytest.mark.parametrize("size", [7, 40, 1000])
def test_either_way_finds_what_is_new_changed_and_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch, each: int, size: int
) -> None:
    monkeypatch.setattr(encode, "SLICE", size)
    monkeypatch.setattr(encode, "BATCH_ROWS", size)
    rows = prices(10, each)
    third = len(rows) // 3
    assert upsert(store, rows[: 2 * third]) == Upserted(inserted=2 * third)
    changed = [{**row, "home_odds": 7.0} for row in rows[:third]]
    done = upsert(store, changed + rows[third:])
    new = len(rows) - 2 * third
    assert done == Upserted(inserted=new, updated=third, unchanged=third)
    assert upsert(store, changed + rows[third:]) == Upserted(unchanged=len(rows))
    assert store.ask("SELECT count(*) FROM odds WHERE home_odds = 7") == [(third,)]


def test_the_first_of_the_key_may_be_null_and_is_found_together(store: Store) -> None:
    """Our own keys begin with NOT NULL columns; keys of other models may not."""
    create_tables(store)
    rows: list[Row] = [{"topic": None, "number": number, "body": "a"} for number in range(30)]
    rows += [{"topic": "x", "number": number, "body": "a"} for number in range(30)]
    with store.sessions() as session:
        notes = BaseRepository(Note, session)
        assert notes.upsert_many(rows) == Upserted(inserted=60)
        changed = [{**row, "body": "b"} if row["number"] < 5 else row for row in rows]
        assert notes.upsert_many(changed) == Upserted(updated=10, unchanged=50)
