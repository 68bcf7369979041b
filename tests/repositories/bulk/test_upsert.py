"""upsert_many inserts, updates or leaves rows by natural key; verified by other sessions."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from models import Odds
from repositories import BaseRepository
from repositories.bulk import encode
from repositories.bulk.result import Upserted
from tests.support.either_side import either_side, either_side_everywhere
from tests.support.repository_rows import Store, odds, pick, team
from tests.support.upsert_rows import EVERY, TRACKED, Row, price, upsert, versions


@pytest.fixture(params=EVERY)
def repository(request: pytest.FixtureRequest, store: Store) -> str:
    store.add(team("One", team_id=1), team("Two", team_id=2))
    store.ask("SELECT setval('quantum.team_quantum_dna_team_id_seq', 2)")
    return str(request.param)


@either_side
def test_a_row_is_inserted_then_left_alone_then_updated(store: Store, repository: str) -> None:
    row, change = EVERY[repository]
    assert upsert(store, [row], repository) == Upserted(inserted=1)
    assert upsert(store, [row], repository) == Upserted(unchanged=1)
    assert upsert(store, [{**row, **change}], repository) == Upserted(updated=1)
    assert upsert(store, [{**row, **change}], repository) == Upserted(unchanged=1)
    with store.unit_of_work() as uow:
        ((field, value),) = change.items()
        (found,) = getattr(uow, repository).get_by_field(field, value)
        assert {name: getattr(found, name) for name in row | change} == row | change


@either_side_everywhere
def test_on_every_server_the_same_happens(any_store: Store) -> None:
    rows = [price(f"m{number}") for number in range(10)]
    assert upsert(any_store, rows[:5]) == Upserted(inserted=5)
    rows[0]["home_odds"] = 9.0
    assert upsert(any_store, rows) == Upserted(inserted=5, updated=1, unchanged=4)


@either_side
def test_nothing_is_locked_written_or_used_up_for_unchanged_rows(store: Store) -> None:
    rows = [price(f"m{number}") for number in range(1000)]
    upsert(store, rows)
    before, last_id = versions(store), store.ask("SELECT last_value FROM odds_id_seq")
    position = store.ask("SELECT pg_current_wal_insert_lsn()")[0][0]
    written = store.ask("SELECT pg_stat_get_xact_tuples_inserted('odds'::regclass)")
    assert upsert(store, rows) == Upserted(unchanged=1000)
    assert versions(store) == before
    assert store.ask("SELECT last_value FROM odds_id_seq") == last_id
    assert written == [(0,)]
    # Temporary tables write rows of the catalogs to the WAL, but nothing for each row of data.
    (grown,) = store.ask("SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", position)[0]
    (again,) = store.ask("SELECT pg_current_wal_insert_lsn()")[0]
    upsert(store, rows[:1])
    (for_one,) = store.ask("SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", again)[0]
    assert grown < for_one + 20_000


def test_a_row_that_somebody_else_has_locked_is_no_hindrance_when_it_is_unchanged(
    store: Store,
) -> None:
    upsert(store, [price("a"), price("b")])
    with store.sessions() as other:
        other.execute(text("SELECT FROM odds WHERE match_id = 'a' FOR UPDATE"))
        store.ask("ALTER ROLE CURRENT_USER SET lock_timeout = '2s'")
        done = upsert(store, [price("a"), price("b", home_odds=3.0)])
        store.ask("ALTER ROLE CURRENT_USER RESET lock_timeout")
    assert done == Upserted(updated=1, unchanged=1)


def test_two_missing_lines_are_one_line(store: Store) -> None:
    assert upsert(store, [price(line=None), price(line=2.5)]) == Upserted(inserted=2)
    done = upsert(store, [price(line=None, home_odds=4.0), price(line=2.5)])
    assert done == Upserted(updated=1, unchanged=1)
    assert store.ask("SELECT line, home_odds FROM odds ORDER BY line") == [(2.5, 2.0), (None, 4.0)]


def test_a_part_of_the_key_that_is_not_given_has_its_default(store: Store) -> None:
    store.add(odds(home_odds=2.0))
    row = price(home_odds=2.5)
    assert upsert(store, [row]) == Upserted(updated=1)
    del row["line"]
    assert upsert(store, [row]) == Upserted(unchanged=1)
    assert upsert(store, [{**row, "price_type": "closing"}]) == Upserted(inserted=1)


def test_a_column_that_is_left_out_keeps_its_value_or_gets_its_default(store: Store) -> None:
    store.add(pick("old", stake=7.5, notes="kept", agent="a"))
    rows = [{**TRACKED, "pick_id": name, "is_won": True} for name in ("old", "new")]
    assert upsert(store, rows, "tracking") == Upserted(inserted=1, updated=1)
    assert store.ask(
        "SELECT pick_id, stake, notes, is_won FROM tracking_clv_picks ORDER BY pick_id"
    ) == [("new", 1.0, None, True), ("old", 7.5, "kept", True)]


def test_rows_that_are_there_may_be_changed_by_key_and_change_alone(store: Store) -> None:
    upsert(store, [price("a"), price("b")])
    part = {"match_id": "a", "bookmaker": "Pinnacle", "market": "h2h", "away_odds": 5.5}
    assert upsert(store, [part]) == Upserted(updated=1)
    assert store.ask("SELECT home_team, home_odds, away_odds FROM odds WHERE match_id = 'a'") == [
        ("Lazio", 2.0, 5.5)
    ]


def test_a_key_alone_is_inserted_or_left_alone(store: Store) -> None:
    store.add(team(), team("Roma", league="x"))
    names = [{"team_name": "Lazio"}, {"team_name": "Roma"}]
    assert upsert(store, names, "teams") == Upserted(unchanged=2)


def test_updated_at_moves_with_a_change_and_created_at_never(store: Store) -> None:
    upsert(store, [price()])
    (first,) = store.ask("SELECT created_at, updated_at FROM odds")
    upsert(store, [price(home_odds=3.0)])
    (second,) = store.ask("SELECT created_at, updated_at FROM odds")
    assert first[0] == first[1] == second[0] < second[1]


def test_a_value_is_set_to_null_when_none_is_given(store: Store) -> None:
    upsert(store, [price()])
    assert upsert(store, [price(home_odds=None)]) == Upserted(updated=1)
    assert store.ask("SELECT home_odds FROM odds") == [(None,)]


@either_side
def test_no_rows_send_no_statement(store: Store) -> None:
    with store.unit_of_work() as uow, store.statements() as sent:
        assert uow.odds.upsert_many([]) == Upserted()
        assert uow.odds.upsert_many(iter(())) == Upserted()
    assert sent == []


@either_side
def test_a_bulk_write_belongs_to_the_transaction(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.odds.upsert_many([price()])
        assert store.count("odds") == 0
        uow.rollback()
        assert uow.odds.upsert_many([price("other")]) == Upserted(inserted=1)
        uow.commit()
    assert store.ask("SELECT match_id FROM odds") == [("other",)]


@either_side
def test_it_can_be_the_first_thing_that_a_session_does_and_be_rolled_back(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.odds.upsert_many([price()])
    assert store.count("odds") == 0


@either_side
def test_pending_changes_of_the_session_are_sent_first(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.session.add(odds(home_odds=2.0))
        assert uow.odds.upsert_many([price(home_odds=2.0)]) == Upserted(unchanged=1)


@either_side
def test_rows_in_memory_say_what_was_written(store: Store) -> None:
    upsert(store, [price()])
    with store.unit_of_work() as uow:
        (row,) = uow.odds.get_by_match("m1")
        uow.odds.upsert_many([price(home_odds=3.0)])
        assert row.home_odds == 3.0


@either_side
def test_several_calls_in_one_transaction_see_each_other(store: Store) -> None:
    with store.unit_of_work() as uow:
        assert uow.odds.upsert_many([price()]) == Upserted(inserted=1)
        assert uow.odds.upsert_many([price()]) == Upserted(unchanged=1)
        assert uow.teams.upsert_many([{"team_name": "L", "league": "A"}]) == Upserted(inserted=1)
        uow.commit()
    assert store.count("odds") == 1


@either_side
def test_the_planner_and_the_temporary_tables_are_put_back(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.odds.upsert_many([price()])
        left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'monps_s%'"
        assert uow.session.scalar(text(left)) == 0
        assert uow.session.scalar(text("SHOW enable_hashjoin")) == "on"
        assert uow.session.scalar(text("SHOW enable_mergejoin")) == "on"


def test_batches_are_counted_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "SLICE", 7)
    monkeypatch.setattr(encode, "BATCH_ROWS", 20)
    rows = [price(f"m{number}") for number in range(100)]
    assert upsert(store, rows[:50]) == Upserted(inserted=50)
    changed = [{**row, "home_odds": 5.0} for row in rows[10:30]]
    done = upsert(store, (row for row in (*rows[:10], *changed, *rows[30:])))
    assert done == Upserted(inserted=50, updated=20, unchanged=30)
    assert store.count("odds") == 100


def test_rows_are_read_as_they_are_needed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "SLICE", 10)
    monkeypatch.setattr(encode, "BATCH_ROWS", 10)
    read = 0

    def rows() -> Iterator[Row]:
        nonlocal read
        for number in range(1000):
            read += 1
            yield price(f"m{number}", home_odds=0.5 if number == 15 else 2.0)

    with store.unit_of_work() as uow, pytest.raises(Exception, match=r"rows\[15\]"):
        uow.odds.upsert_many(rows())
    assert read < 100


def test_rows_may_come_from_a_stream_of_another_session(store: Store) -> None:
    upsert(store, [price(f"m{number}") for number in range(10)])
    with store.sessions() as reader:
        rows = (
            price(row.match_id, home_odds=(row.home_odds or 0) + 1)
            for row in reader.query(Odds).yield_per(2)
        )
        assert upsert(store, rows) == Upserted(updated=10)


def test_a_repository_that_is_made_by_hand_does_it_too(store: Store) -> None:
    with store.sessions() as session:
        assert BaseRepository(Odds, session).upsert_many([price()]) == Upserted(inserted=1)
