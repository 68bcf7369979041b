"""Closing odds of Lazio against Roma, and picks that are closed with them."""

from typing import Any

from models import Odds
from repositories.clv import ClosedPicks
from tests.support.repository_rows import Store, odds


def close(store: Store, *arguments: Any) -> ClosedPicks:
    with store.unit_of_work() as uow:
        done = uow.tracking.close_picks(*arguments)
        uow.commit()
    return done


def closed_at(store: Store, *arguments: Any) -> list[float | None]:
    """Close the picks, and return their closing prices in the order of their ids."""
    close(store, *arguments)
    return [
        price for (price,) in store.ask("SELECT odds_at_close FROM tracking_clv_picks ORDER BY id")
    ]


def h2h(home: float | None = 1.8, **values: Any) -> Odds:
    """Return closing odds of Lazio against Roma; a home win has 1.8 by default."""
    given = {"price_type": "closing", "home_odds": home, "draw_odds": 3.5, "away_odds": 4.5}
    return odds(**{**given, **values})


def totals(line: float = 2.5, **values: Any) -> Odds:
    given = {"market": "totals", "price_type": "closing", "line": line}
    return odds(**{**given, "over_odds": 1.9, "under_odds": 2.1, **values})


def handicap(line: float, **values: Any) -> Odds:
    given = {"market": "asian_handicap", "price_type": "closing", "line": line}
    return odds(**{**given, "home_odds": 1.95, "away_odds": 2.05, **values})
