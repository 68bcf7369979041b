"""Rows for the asynchronous repositories."""

from tests.support.async_store import AsyncStore
from tests.support.repository_rows import (
    classification,
    days_ago,
    friction,
    goalscorer,
    odds,
    pick,
    strategy,
    team,
)


def fill(store: AsyncStore) -> None:
    store.sync.add(
        team("Lazio", total_pnl=1.5, market_dna={"a": [1, None]}), team("Leeds", total_pnl=2)
    )
    store.sync.add(friction(1, 2, 75), strategy(1, market="h2h", roi=3.5), classification(1))
    store.sync.add(classification(1, is_current=False), goalscorer(), goalscorer("Pedro"))
    store.sync.add(odds(home_odds=2.0), odds("m2", line=2.5), pick(agent="a"))
    store.sync.add(pick("p2", match_date=days_ago(2)))
