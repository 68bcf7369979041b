"""Rows for bulk writes, and the traces of a write."""

from typing import Any, Final

from repositories.bulk.result import Upserted
from tests.support.repository_rows import KICK_OFF, SEASON, Store

Row = dict[str, Any]


def price(match_id: str = "m1", **values: Any) -> Row:
    given: Row = {
        "match_id": match_id,
        "home_team": "Lazio",
        "away_team": "Roma",
        "league": "Serie A",
    }
    given |= {"commence_time": KICK_OFF, "bookmaker": "Pinnacle", "market": "h2h", "line": None}
    return {**given, "home_odds": 2.0, **values}


TRACKED: Final[Row] = {
    "pick_id": "p1",
    "match_id": "m1",
    "home_team": "Lazio",
    "away_team": "Roma",
    "league": "Serie A",
    "match_date": KICK_OFF,
    "market": "h2h",
    "selection": "home",
    "bookmaker": "Pinnacle",
    "odds_at_pick": 2.0,
}


PLAYER: Final[Row] = {"player_name": "C", "team_name": "L", "league": "A", "season": SEASON}


# For every repository with a natural key: a row, and the changes to it.
EVERY: Final[dict[str, tuple[Row, Row]]] = {
    "odds": (price(), {"home_odds": 3.5}),
    "tracking": (TRACKED, {"is_won": True}),
    "teams": ({"team_name": "New", "league": "A"}, {"market_dna": {"a": [1, 2.5, None, True]}}),
    "friction": (
        {"team_home_id": 1, "team_away_id": 2, "friction_score": 50, "season": SEASON},
        {"recommended_markets": ["over_25", {"line": 2.5}]},
    ),
    "strategies": ({"team_id": 1, "strategy_name": "S", "season": SEASON}, {"is_active": False}),
    "goalscorers": (PLAYER, {"goals_total": 2**31 - 1}),
}


def upsert(store: Store, rows: Any, repository: str = "odds") -> Upserted:
    with store.unit_of_work() as uow:
        done: Upserted = getattr(uow, repository).upsert_many(rows)
        uow.commit()
    return done


def versions(store: Store, table: str = "odds") -> list[tuple[Any, ...]]:
    """Return the position, the transaction and the locking transaction of each row."""
    return store.ask(f"SELECT ctid, xmin, xmax, updated_at FROM {table} ORDER BY 1")


PHASES = (
    *("current_setting", "CREATE TEMPORARY", "TRUNCATE", "COPY", "counted AS", "found AS"),
    *("SAVEPOINT", "written AS", "RELEASE", "unnest", "DROP TABLE", "SELECT set_config("),
)
"""A word of each statement of a bulk write, in their order."""
