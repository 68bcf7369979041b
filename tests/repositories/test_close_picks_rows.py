"""Close picks: which rows are written, and what happens when two sessions do it at once."""

import threading
from contextlib import closing
from typing import Any

import pytest

from core.errors import SchemaMismatchError
from repositories.clv import ClosedPicks
from tests.support.closing_odds import close, closed_at, h2h
from tests.support.repository_rows import Store, pick

NOTHING = ClosedPicks(0, {}, 0, 0, 0, 0)


def versions(store: Store) -> list[tuple[Any, ...]]:
    return store.ask("SELECT id, xmin::text, ctid::text, t::text FROM tracking_clv_picks AS t")


def test_a_second_time_nothing_is_touched(any_store: Store) -> None:
    any_store.add(h2h(), pick("closed"), pick("open", market="btts"))
    close(any_store)
    before = versions(any_store)
    assert close(any_store) == ClosedPicks(0, {}, 0, no_market=1, no_match=0, no_price=0)
    assert versions(any_store) == before


def test_picks_that_stay_open_and_picks_that_are_closed_are_not_touched(store: Store) -> None:
    store.add(
        h2h(),
        pick("done", odds_at_close=1.9, clv_percentage=5.0),
        pick("no match", home_team="Napoli"),
        pick("no market", market="btts"),
        pick("new"),
    )
    before = versions(store)
    close(store)
    changed = {row[0] for row in set(versions(store)) - set(before)}
    assert store.ask("SELECT id FROM tracking_clv_picks WHERE pick_id = 'new'") == [(*changed,)]


def test_updated_at_moves_when_a_pick_is_closed(store: Store) -> None:
    store.add(h2h(), pick())
    stamps = "SELECT created_at, updated_at FROM tracking_clv_picks"
    ((created, updated),) = store.ask(stamps)
    close(store)
    ((still_created, later),) = store.ask(stamps)
    assert still_created == created
    assert later > updated


def test_a_closing_price_that_is_there_stays_and_gets_its_clv(store: Store) -> None:
    store.add(h2h(1.2), pick(odds_at_pick=2.1, odds_at_close=2.0))
    assert close(store) == ClosedPicks(0, {}, kept=1, no_market=0, no_match=0, no_price=0)
    ((price, clv),) = store.ask("SELECT odds_at_close, clv_percentage FROM tracking_clv_picks")
    assert price == 2.0
    assert clv == pytest.approx(5.0)


def test_an_open_pick_is_closed_when_its_odds_arrive(store: Store) -> None:
    store.add(pick())
    assert closed_at(store) == [None]
    store.add(h2h())
    assert closed_at(store) == [1.8]


def test_no_picks_are_no_work(store: Store) -> None:
    assert close(store) == NOTHING


def test_it_takes_one_statement(store: Store) -> None:
    store.add(h2h(), *(pick(f"p{number}") for number in range(50)))
    with store.unit_of_work() as uow, store.statements() as sent:
        assert uow.tracking.close_picks().closed == 50
    assert len(sent) == 1


def test_nothing_is_kept_without_a_commit(store: Store) -> None:
    store.add(h2h(), pick())
    with store.unit_of_work() as uow:
        uow.tracking.close_picks()
    assert store.ask("SELECT odds_at_close FROM tracking_clv_picks") == [(None,)]


def test_picks_in_memory_are_written_first_and_read_again(store: Store) -> None:
    store.add(h2h())
    with store.unit_of_work() as uow:
        row = pick()
        uow.session.add(row)
        uow.tracking.close_picks()
        assert row.odds_at_close == 1.8


def test_two_at_once_close_a_pick_once(store: Store) -> None:
    store.add(h2h(), pick())
    results: list[ClosedPicks] = []
    with store.unit_of_work() as uow:
        assert uow.tracking.close_picks().closed == 1
        other = threading.Thread(target=lambda: results.append(close(store)))
        other.start()
        store.until_blocked()
        uow.commit()
        other.join(30)
    assert results == [NOTHING]
    ((_, transaction, *_),) = versions(store)
    close(store)
    assert versions(store)[0][1] == transaction


def test_a_price_that_changes_meanwhile_counts(store: Store) -> None:
    """CLV is computed from the pick as it is when it is written."""
    store.add(h2h(1.6), pick(odds_at_pick=2.0))
    with closing(store.database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE tracking_clv_picks SET odds_at_pick = 3.2")
        other = threading.Thread(target=lambda: close(store))
        other.start()
        store.until_blocked()
        connection.commit()
        other.join(30)
    ((clv,),) = store.ask("SELECT clv_percentage FROM tracking_clv_picks")
    assert clv == pytest.approx(100.0)


def test_the_table_of_the_existing_database_is_said(store: Store) -> None:
    store.ask("ALTER TABLE tracking_clv_picks RENAME COLUMN match_date TO commence_time")
    with pytest.raises(SchemaMismatchError, match="run monps-db check"):
        close(store)


def test_many_picks_and_odds_without_statistics_take_linear_work(store: Store) -> None:
    """The test counts the rows that are read: with nested loops there would be millions."""
    store.ask(
        "INSERT INTO odds (match_id, home_team, away_team, league, commence_time, bookmaker,"
        " market, price_type, home_odds) SELECT 'm' || n, 'H' || n, 'A' || n, 'L', now(),"
        " 'Pinnacle', 'h2h', 'closing', 1.5 FROM generate_series(1, 3000) AS n"
    )
    store.ask(
        "INSERT INTO tracking_clv_picks (pick_id, match_id, home_team, away_team, league,"
        " match_date, market, selection, bookmaker, odds_at_pick) SELECT 'p' || n, 'x', 'H' || n,"
        " 'A' || n, 'L', now(), 'h2h', 'home', 'bwin', 1.6 FROM generate_series(1, 3000) AS n"
    )
    scanned = "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables"
    before = store.ask(scanned)[0][0]
    assert close(store).by_fall_back == {"Pinnacle": 3000}
    store.ask("SELECT pg_stat_force_next_flush()")
    assert store.ask(scanned)[0][0] - before < 100_000
