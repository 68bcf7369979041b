"""The arguments of the random operations: few values, so that keys collide."""

import math
from datetime import UTC, datetime
from typing import Final

from hypothesis import strategies as st

from bench.sequences.tables import Row

NUMBERS: Final = st.none() | st.sampled_from([-1.5, 0.0, 2.0, 7.25, math.nan])
NAMES: Final = st.sampled_from(["Ab", "AB", "b", "c"])
TEAM: Final = st.fixed_dictionaries(
    {"team_name": NAMES, "league": st.sampled_from(["x", "y"])}, optional={"total_pnl": NUMBERS}
)
STRATEGY: Final = st.fixed_dictionaries(
    {"strategy_name": NAMES, "season": st.just("2025-26"), "roi": NUMBERS},
)
STAKE: Final = st.sampled_from([1.0, 2.0, -1.0])
PRICE: Final = st.fixed_dictionaries(
    {
        "match_id": st.sampled_from(["m1", "m2"]),
        "bookmaker": st.sampled_from(["Pinnacle", "Bet365"]),
        "market": st.just("h2h"),
        "price_type": st.just("closing"),
        "line": st.sampled_from([None, 0.0, 2.5]),
        "home_odds": st.sampled_from([None, 1.5, 2.0, 0.5, math.nan]),
    }
)
CHANGES: Final[dict[str, st.SearchStrategy[Row]]] = {
    "teams": TEAM,
    "strategies": st.fixed_dictionaries({"roi": NUMBERS, "stake_multiplier": STAKE}),
    "odds": PRICE,
}
FIXED: Final[Row] = {
    "home_team": "Lazio",
    "away_team": "Roma",
    "league": "Serie A",
    "commence_time": datetime(2026, 1, 10, 15, tzinfo=UTC),
}
