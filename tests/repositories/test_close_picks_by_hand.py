"""Picks with different spellings, and the closing price that a person finds for each, or none."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from models import Odds
from tests.support.closing_odds import close, h2h, handicap, totals
from tests.support.repository_rows import KICK_OFF, Store, pick

# Pinnacle is the default bookmaker. Its columns of totals begin with P, and those of h2h with PS.
PINNACLE: Final[dict[str, Any]] = {"bookmaker": "Pinnacle", "bookmaker_key": "PS"}
BET365: Final[dict[str, Any]] = {"bookmaker": "Bet365", "bookmaker_key": "B365"}


def closing_odds() -> list[Odds]:
    return [
        h2h(1.8, **PINNACLE),
        h2h(1.75, **BET365),
        totals(**PINNACLE),
        totals(over_odds=1.85, under_odds=2.0, **BET365),
        totals(2.25, over_odds=1.7, under_odds=2.2, **PINNACLE),
        totals(3.0, over_odds=2.4, under_odds=1.6, **PINNACLE),
        handicap(-0.5, **PINNACLE),
        handicap(-0.75, home_odds=2.1, away_odds=1.8, **PINNACLE),
        handicap(0.25, home_odds=1.7, away_odds=2.3, **PINNACLE),
        handicap(0.0, home_odds=1.6, away_odds=2.5, **PINNACLE),
    ]


# The fields are market, selection, bookmaker, and the closing price or the reason why there is
# none.
BY_HAND: Final[list[tuple[str, str, str, float | str]]] = [
    ("h2h", "home", "Pinnacle", 1.8),
    ("h2h", "home", "bet365", 1.75),
    ("h2h", "home", "B365", 1.75),
    ("h2h", "home", "Bet 365", 1.75),
    ("h2h", "home", "PS", 1.8),
    ("totals", "over_25", "PS", 1.9),
    ("totals", "over_25", "bet-365", 1.85),
    ("totals", "over_25", "Unibet", 1.9),
    ("1X2", "x", "Pinnacle", 3.5),
    ("Match Winner", "2", "Pinnacle", 4.5),
    ("Full-Time Result", "Lazio", "Pinnacle", 1.8),
    ("Money Line", "ROMA", "Pinnacle", 4.5),
    ("ML", "away", "Pinnacle", 4.5),
    ("3-way", "Draw", "Pinnacle", 3.5),
    ("O/U 2.5", "U", "Pinnacle", 2.1),
    ("O/U", "O2.5", "Pinnacle", 1.9),
    ("Total Goals", "Under 2,25", "Pinnacle", 2.2),
    ("Goals Over/Under", "Over 3 Goals", "Pinnacle", 2.4),
    ("ou_225", "over", "Pinnacle", 1.7),
    ("under_3", "under_3.0", "Pinnacle", 1.6),
    ("alternate_totals", "Over (2.25)", "Pinnacle", 1.7),
    ("spreads", "Roma +0.5", "Pinnacle", 2.05),
    ("spreads", "Roma 0.5", "Pinnacle", 2.05),
    ("spread", "Lazio -.75", "Pinnacle", 2.1),
    ("spreads", "Lazio \u22120.75", "Pinnacle", 2.1),  # This minus sign is not a hyphen.
    ("spreads", "Roma\u00a0+0.75", "Pinnacle", 1.8),  # This is a no-break space.
    ("AH", "Roma -0.25", "Pinnacle", 2.3),
    ("Asian Handicap", "home +0.25", "Pinnacle", 1.7),
    ("asian_handicaps", "Away (0)", "Pinnacle", 2.5),
    ("asian_handicap", "1 -0,5", "Pinnacle", 1.95),
    ("totals", "over 3.5", "Pinnacle", "no price"),
    ("asian_handicap", "home -1.5", "Pinnacle", "no price"),
    ("asian_handicap", "home 0.5", "Pinnacle", "no price"),
    ("totals", "over", "Pinnacle", "no selection"),
    ("spreads", "Lazio", "Pinnacle", "no selection"),
    ("totals", "2.5", "Pinnacle", "no selection"),
    ("h2h", "Lazio or draw", "Pinnacle", "no selection"),
    ("over_2.5", "under", "Pinnacle", "no selection"),
    ("asian_handicap", "home -0.5, -1", "Pinnacle", "no selection"),
    ("btts", "yes", "Pinnacle", "no market"),
    ("corners_over_9.5", "over", "Pinnacle", "no market"),
    ("corner_handicap_-0.5", "home -0.5", "Pinnacle", "no market"),
    ("cards_2.5", "over_2.5", "Pinnacle", "no market"),
]


def close_all(store: Store, picks: list[dict[str, Any]]) -> Any:
    store.add(*closing_odds())
    store.add(
        *(pick(f"p{place:02}", odds_at_pick=2.0, **given) for place, given in enumerate(picks))
    )
    return close(store)


def stored(store: Store) -> list[tuple[float | None, float | None]]:
    return [
        (price, clv)
        for price, clv in store.ask(
            "SELECT odds_at_close, clv_percentage FROM tracking_clv_picks ORDER BY pick_id"
        )
    ]


def test_each_pick_has_the_price_that_a_person_finds(store: Store) -> None:
    names = ("market", "selection", "bookmaker")
    done = close_all(store, [dict(zip(names, row[:3], strict=True)) for row in BY_HAND])
    found = dict(zip([row[:3] for row in BY_HAND], stored(store), strict=True))
    expected = {row[:3]: row[3] if isinstance(row[3], float) else None for row in BY_HAND}
    assert {given: price for given, (price, _) in found.items()} == expected
    for price, clv in found.values():
        assert clv == (None if price is None else pytest.approx((2.0 / price - 1) * 100))
    why = Counter(row[3] for row in BY_HAND if isinstance(row[3], str))
    counted: Counter[str] = Counter()
    for left in done.reasons:
        counted[left.reason] += left.picks
    assert counted == why


HOUR: Final = timedelta(hours=1)
MOMENTS: Final[list[tuple[datetime, float | None]]] = [
    (KICK_OFF, 1.8),
    (KICK_OFF - 3 * HOUR, 1.8),
    (datetime(2026, 1, 9, 23, tzinfo=UTC), 1.8),  # It is midnight in Rome.
    (datetime(2026, 1, 9, 18, 30, tzinfo=UTC), 1.8),  # It is midnight in Delhi.
    (datetime(2026, 1, 10, 5, tzinfo=UTC), 1.8),  # It is midnight in New York.
    (datetime(2026, 1, 9, 23, 7, tzinfo=UTC), None),  # It is midnight nowhere.
    (KICK_OFF + 24 * HOUR, None),
    (KICK_OFF - 24 * 21 * HOUR, None),  # The match was postponed by three weeks.
]


def test_the_day_of_a_pick_is_that_of_the_match_or_its_midnight_elsewhere(store: Store) -> None:
    done = close_all(store, [{"match_date": moment, "market": "h2h"} for moment, _ in MOMENTS])
    assert [price for price, _ in stored(store)] == [price for _, price in MOMENTS]
    (left,) = done.reasons
    assert (left.reason, left.picks) == ("no match", 3)
