"""A pick gets the price of another bookmaker if its own bookmaker has none."""

from datetime import timedelta
from typing import Any

import pytest

from core.errors import InvalidArgumentError
from repositories.clv import ClosedPicks
from tests.support.closing_odds import close, closed_at, h2h, totals
from tests.support.repository_rows import KICK_OFF, Store, pick

# The prices are tried in this order: own bookmaker, Pinnacle, Betfair Exchange, none.
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
