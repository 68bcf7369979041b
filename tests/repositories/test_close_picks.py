"""Close picks: which closing price belongs to a pick, case by case (docs/odds.md)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from repositories.clv import ClosedPicks, LeftOpen
from tests.support.closing_odds import close, closed_at, h2h, handicap, totals
from tests.support.repository_rows import KICK_OFF, Store, pick


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
    ("market", "selection", "price"),
    [
        ("1X2", "1", 1.8),
        ("Match Odds", "The Draw", 3.5),
        ("moneyline", "Roma", 4.5),
        ("h2h", "LAZIO", 1.8),
        ("over_2.5", "Over", 1.9),
        ("over_2.5", "yes", 1.9),
        ("Over/Under 2.5", "Under", 2.1),
        ("over_under", "Over (2,5)", 1.9),
        ("Over/Under 2.5 Goals", "Over 2.5 Goals", 1.9),
        ("totals", "O 2.5", 1.9),
        ("spreads", "Lazio -0.5", 1.95),
        ("spreads", "Roma +0.5", 2.05),
        ("AH", "home (-0.5)", 1.95),
        ("Asian Handicap", "Lazio_-0.5", 1.95),
    ],
)
def test_markets_and_selections_are_spelled_as_feeds_do(
    store: Store, market: str, selection: str, price: float
) -> None:
    store.add(h2h(), totals(), handicap(-0.5), pick(market=market, selection=selection))
    assert closed_at(store) == [price]


@pytest.mark.parametrize(
    ("market", "selection"),
    [
        ("btts", "yes"),
        ("btts_yes", "btts_yes"),
        ("double_chance", "dc_1x"),
        ("first_half_totals", "over_25"),
        ("corners", "over_25"),
        ("handicap", "home_-1"),
        ("draw_no_bet", "home"),
    ],
)
def test_a_market_without_odds_stays_open(store: Store, market: str, selection: str) -> None:
    store.add(h2h(), totals(), handicap(0.0), pick(market=market, selection=selection))
    closed = close(store)
    assert closed == ClosedPicks(0, {}, 0, no_market=1, no_match=0, no_price=0)
    assert closed.reasons == (LeftOpen("no market", market, None, 1),)


@pytest.mark.parametrize(
    ("market", "selection"),
    [
        ("h2h", "Napoli"),
        ("h2h", "home_-0.5"),
        ("over_2.5", "under"),
        ("over_2.5", "no"),
        ("asian_handicap_-0.5", "home"),
        ("spreads", "Lazio"),
        ("h2h", "over_25"),
        ("h2h", "1x"),
        ("totals", "over"),
        ("totals", "over_"),
        ("totals", "over_2.5.1"),
        ("totals", "over_-2.5"),
        ("totals", "over_99999"),
        ("totals", "home"),
        ("asian_handicap", "home"),
        ("asian_handicap", "home_--1"),
        ("over_35", "over_25"),
    ],
)
def test_a_selection_that_names_no_side_and_line_stays_open(
    store: Store, market: str, selection: str
) -> None:
    store.add(h2h(), totals(), handicap(0.0), pick(market=market, selection=selection))
    closed = close(store)
    assert closed == ClosedPicks(0, {}, 0, 0, 0, 0, no_selection=1)
    assert closed.reasons == (LeftOpen("no selection", market, selection, 1),)


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
        # These are midnights of 10 January in Tokyo, Los Angeles and Kathmandu.
        (at(15, day=9), at(12), 1.8),
        (at(8), at(4, day=11), 1.8),
        (at(18, 15, day=9), at(17), 1.8),
        (at(15, day=9), at(15), None),
        (at(8), at(7, day=10), 1.8),
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
