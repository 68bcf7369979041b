"""Closing picks: which closing price belongs to a pick, case by case (docs/odds.md)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.embedded.server import LocalServer
from core.errors import InvalidArgumentError, SchemaMismatchError
from models import Odds
from repositories.clv import ClosedPicks
from tests.integration import repository_rows
from tests.integration.repository_rows import KICK_OFF, Store, odds, open_store, pick

store = repository_rows.store

NOTHING = ClosedPicks(0, {}, 0, 0, 0, 0)


@pytest.fixture
def any_store(any_server: LocalServer) -> Iterator[Store]:
    with open_store(any_server) as opened:
        yield opened


def close(store: Store, *arguments: Any) -> ClosedPicks:
    with store.unit_of_work() as uow:
        done = uow.tracking.close_picks(*arguments)
        uow.commit()
    return done


def closed_at(store: Store, *arguments: Any) -> list[float | None]:
    """Close the picks, and give their closing prices in the order of their ids."""
    close(store, *arguments)
    return [
        price for (price,) in store.ask("SELECT odds_at_close FROM tracking_clv_picks ORDER BY id")
    ]


def h2h(home: float | None = 1.8, **values: Any) -> Odds:
    """Closing prices of Lazio against Roma: 1.8 to win, unless said otherwise."""
    given = {"price_type": "closing", "home_odds": home, "draw_odds": 3.5, "away_odds": 4.5}
    return odds(**{**given, **values})


def totals(line: float = 2.5, **values: Any) -> Odds:
    given = {"market": "totals", "price_type": "closing", "line": line}
    return odds(**{**given, "over_odds": 1.9, "under_odds": 2.1, **values})


def handicap(line: float, **values: Any) -> Odds:
    given = {"market": "asian_handicap", "price_type": "closing", "line": line}
    return odds(**{**given, "home_odds": 1.95, "away_odds": 2.05, **values})


def test_a_pick_gets_the_closing_price_of_its_own_bookmaker(any_store: Store) -> None:
    any_store.add(h2h(1.6), h2h(1.5, bookmaker="Bet365"), pick(odds_at_pick=2.0))
    with any_store.unit_of_work() as uow:
        assert uow.tracking.close_picks() == ClosedPicks(1, {}, 0, 0, 0, 0)
        uow.commit()
    ((price, clv),) = any_store.ask("SELECT odds_at_close, clv_percentage FROM tracking_clv_picks")
    assert price == 1.6
    assert clv == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("market", "selection", "price"),
    [
        ("h2h", "home", 1.8),
        ("h2h", "draw", 3.5),
        ("h2h", "away", 4.5),
        ("h2h", "1", 1.8),
        ("h2h", "X", 3.5),
        ("h2h", "2", 4.5),
        ("H2H", " Home ", 1.8),
        ("home", "home", 1.8),
        ("totals", "over_25", 1.9),
        ("totals", "under_25", 2.1),
        ("totals", "over25", 1.9),
        ("totals", "Over 2.5", 1.9),
        ("totals", "over_2.50", 1.9),
        ("over_25", "over_25", 1.9),
        ("over25", "over_25", 1.9),
        ("totals", "over_225", 1.7),
        ("totals", "over_2.25", 1.7),
        ("totals", "over_3", 1.6),
        ("totals", "over_30", 1.6),
        ("totals", "over_10.5", 1.5),
        ("asian_handicap", "home_-0.5", 1.95),
        ("asian_handicap", "home_-05", 1.95),
        ("asian_handicap", "home -0.50", 1.95),
        ("asian_handicap", "away_+0.5", 2.05),
        ("asian_handicap", "away_0.5", 2.05),
        ("asian_handicap", "home_+1.25", 1.94),
        ("asian_handicap", "away_-125", 2.04),
        ("asian_handicap", "home_0", 1.93),
        ("asian_handicap", "away_0", 2.03),
        ("asian_handicap", "away_-0", 2.03),
    ],
)
def test_the_selection_carries_the_line(
    store: Store, market: str, selection: str, price: float
) -> None:
    store.add(
        h2h(),
        totals(),
        totals(2.25, over_odds=1.7),
        totals(3.0, over_odds=1.6),
        totals(10.5, over_odds=1.5),
        handicap(-0.5),
        handicap(1.25, home_odds=1.94, away_odds=2.04),
        handicap(0.0, home_odds=1.93, away_odds=2.03),
        pick(market=market, selection=selection),
    )
    assert closed_at(store) == [price]


@pytest.mark.parametrize(
    ("market", "selection"),
    [
        ("btts", "yes"),
        ("btts_yes", "btts_yes"),
        ("double_chance", "dc_1x"),
        ("h2h", "over_25"),
        ("h2h", "1x"),
        ("totals", "over"),
        ("totals", "over_"),
        ("totals", "over_2.5.1"),
        ("totals", "over_-2.5"),
        ("totals", "over_99999"),
        ("totals", "home"),
        ("first_half_totals", "over_25"),
        ("corners", "over_25"),
        ("asian_handicap", "home"),
        ("asian_handicap", "home_--1"),
        ("over_35", "over_25"),
    ],
)
def test_a_market_without_odds_stays_open(store: Store, market: str, selection: str) -> None:
    store.add(h2h(), totals(), handicap(0.0), pick(market=market, selection=selection))
    assert close(store) == ClosedPicks(0, {}, 0, no_market=1, no_match=0, no_price=0)


@pytest.mark.parametrize(
    "selection", ["over_35", "under_15", "over_2", "over_275"], ids=lambda selection: selection
)
def test_another_line_is_no_price(store: Store, selection: str) -> None:
    store.add(totals(), pick(market="totals", selection=selection))
    assert close(store) == ClosedPicks(0, {}, 0, no_market=0, no_match=0, no_price=1)


@pytest.mark.parametrize(
    "other",
    [
        {"home_team": "Roma", "away_team": "Lazio"},
        {"home_team": "Napoli"},
        {"away_team": "Napoli"},
        {"commence_time": KICK_OFF + timedelta(days=1)},
        {"commence_time": KICK_OFF - timedelta(days=1)},
        {"price_type": "opening"},
        {"price_type": "current"},
        {"is_live": True},
    ],
    ids=str,
)
def test_odds_of_anything_else_do_not_count(store: Store, other: dict[str, Any]) -> None:
    store.add(h2h(**other), pick())
    assert close(store) == ClosedPicks(0, {}, 0, no_market=0, no_match=1, no_price=0)


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return KICK_OFF.replace(day=day, hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("of_pick", "of_odds", "price"),
    [
        (at(0), at(23, 59), 1.8),
        (at(15), at(17, 30), 1.8),
        (at(23, 59), at(0, day=11), None),
        (at(0), at(23, 59, day=9), None),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_day_of_kick_off_is_that_in_utc(
    store: Store, of_pick: datetime, of_odds: datetime, price: float | None, zone: str
) -> None:
    store.add(h2h(commence_time=of_odds), pick(match_date=of_pick))
    with store.unit_of_work() as uow:
        uow.session.execute(text(f"SET LOCAL TimeZone = '{zone}'"))
        uow.tracking.close_picks()
        (row,) = uow.tracking.get_all()
        assert row.odds_at_close == price


def test_case_of_names_does_not_matter(store: Store) -> None:
    store.add(h2h(bookmaker="William Hill"), pick(home_team="LAZIO", bookmaker="williamhill"))
    assert closed_at(store) == [1.8]


def test_a_bookmaker_is_known_by_name_or_key(store: Store) -> None:
    store.add(h2h(bookmaker="Bet365", bookmaker_key="B365"), pick(bookmaker="b365"))
    assert closed_at(store) == [1.8]


def test_bookmakers_in_another_script_are_told_apart(store: Store) -> None:
    store.add(h2h(bookmaker="Фонбет"), pick(bookmaker="日本"))
    assert closed_at(store) == [None]


# The order of fall-backs: own bookmaker, Pinnacle, Betfair Exchange, nothing.
PRICES = {"Bet365": 1.5, "Pinnacle": 1.6, "Betfair Exchange": 1.7, "bwin": 1.8}


@pytest.mark.parametrize(
    ("there", "expected", "counts"),
    [
        ("Bet365, Pinnacle, Betfair Exchange, bwin", 1.5, ClosedPicks(1, {}, 0, 0, 0, 0)),
        ("Pinnacle, Betfair Exchange, bwin", 1.6, ClosedPicks(0, {"Pinnacle": 1}, 0, 0, 0, 0)),
        ("Betfair Exchange, bwin", 1.7, ClosedPicks(0, {"Betfair Exchange": 1}, 0, 0, 0, 0)),
        ("bwin", None, ClosedPicks(0, {}, 0, 0, 0, no_price=1)),
    ],
)
def test_without_the_own_bookmaker_the_fall_backs_come_in_their_order(
    store: Store, there: str, expected: float | None, counts: ClosedPicks
) -> None:
    store.add(*(h2h(PRICES[name], bookmaker=name) for name in there.split(", ")))
    store.add(pick(bookmaker="Bet365"))
    assert close(store) == counts
    assert closed_at(store) == [expected]


def test_a_fall_back_counts_for_the_same_price_only(store: Store) -> None:
    store.add(h2h(bookmaker="Bet365", home=None), totals(), h2h(1.7, bookmaker="Betfair Exchange"))
    store.add(pick(bookmaker="Bet365"))
    assert closed_at(store) == [1.7]


@pytest.mark.parametrize(
    ("fall_backs", "price"),
    [((), None), (("bwin",), 1.8), (("Nobody", "BETFAIR exchange", "Pinnacle"), 1.7)],
)
def test_the_caller_may_choose_the_fall_backs(
    store: Store, fall_backs: tuple[str, ...], price: float | None
) -> None:
    store.add(*(h2h(odds_, bookmaker=name) for name, odds_ in PRICES.items() if name != "Bet365"))
    store.add(pick(bookmaker="Bet365"))
    assert closed_at(store, fall_backs) == [price]


@pytest.mark.parametrize("fall_backs", ["Pinnacle", [""], [None], [1], ["x" * 101]])
def test_fall_backs_that_are_no_names_are_refused(store: Store, fall_backs: Any) -> None:
    with pytest.raises(InvalidArgumentError), store.unit_of_work() as uow:
        uow.tracking.close_picks(fall_backs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"match_id": "m1"}, {"match_id": "m2"}),
        (
            {"match_id": "m2", "commence_time": KICK_OFF + timedelta(minutes=5)},
            {"match_id": "m3", "commence_time": KICK_OFF + timedelta(hours=2)},
        ),
        (
            {"match_id": "m2", "collected_at": KICK_OFF},
            {"match_id": "m3", "collected_at": KICK_OFF - timedelta(hours=1)},
        ),
    ],
    ids=["same match id", "nearer kick-off", "collected later"],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_several_prices_of_one_bookmaker_the_nearest_is_taken(
    store: Store, one: dict[str, Any], other: dict[str, Any], *, turned: bool
) -> None:
    same_time = {"collected_at": KICK_OFF}
    rows = [h2h(1.4, **{**same_time, **one}), h2h(1.9, **{**same_time, **other})]
    for row in reversed(rows) if turned else rows:
        store.add(row)
    store.add(pick())
    assert closed_at(store) == [1.4]


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
    """CLV belongs to the pick as it is when it is written."""
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
    """The work is counted in rows that are looked at: with nested loops it would be millions."""
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
