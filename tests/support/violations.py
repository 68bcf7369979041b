"""Writes that violate a constraint, each with the names in the error."""

from collections.abc import Callable

import pytest

from core.errors import (
    CheckViolationError,
    ConstraintViolationError,
    ForeignKeyViolationError,
    NotNullViolationError,
    UniqueViolationError,
)
from repositories import UnitOfWork
from tests.support.repository_rows import (
    classification,
    friction,
    goalscorer,
    odds,
    pick,
    strategy,
    team,
)

Q = "quantum."
SECRET = "s3cret-value"
Write = Callable[[UnitOfWork], object]
PAIR = ("team_home_id", "team_away_id", "season")
LINE = ("match_id", "bookmaker", "market", "price_type", "line")


UNIQUE: dict[str, tuple[Write, str, tuple[str, ...]]] = {
    "team": (lambda u: u.teams.create(team(SECRET)), Q + "team_quantum_dna", ("team_name",)),
    "id": (lambda u: u.teams.create(team("x", team_id=1)), Q + "team_quantum_dna", ("team_id",)),
    "pair": (lambda u: u.friction.create(friction(1, 2)), Q + "quantum_friction_matrix", PAIR),
    "strategy": (
        lambda u: u.strategies.create(strategy(1, SECRET)),
        Q + "quantum_strategies",
        ("team_id", "strategy_name", "season"),
    ),
    "current": (
        lambda u: u.classifications.create(classification(1)),
        Q + "chess_classifications",
        ("team_id",),
    ),
    "player": (
        lambda u: u.goalscorers.create(goalscorer(SECRET)),
        Q + "goalscorer_profiles",
        ("player_name", "team_name", "season"),
    ),
    "odds": (lambda u: u.odds.create(odds(SECRET)), "odds", LINE),
    "pick": (lambda u: u.tracking.create(pick(SECRET)), "tracking_clv_picks", ("pick_id",)),
}


FOREIGN: dict[str, tuple[Write, str, tuple[str, ...]]] = {
    "home": (
        lambda u: u.friction.create(friction(424242, 2)),
        Q + "quantum_friction_matrix",
        ("team_home_id",),
    ),
    "away": (
        lambda u: u.friction.create(friction(1, 424242)),
        Q + "quantum_friction_matrix",
        ("team_away_id",),
    ),
    "strategy": (
        lambda u: u.strategies.create(strategy(424242)),
        Q + "quantum_strategies",
        ("team_id",),
    ),
    "classification": (
        lambda u: u.classifications.create(classification(424242)),
        Q + "chess_classifications",
        ("team_id",),
    ),
}


CHECK: dict[str, tuple[Write, str, tuple[str, ...]]] = {
    "odds of 1": (lambda u: u.odds.create(odds(home_odds=1.0)), "odds", ("home_odds",)),
    "odds below": (
        lambda u: u.tracking.create(pick("n", odds_at_pick=0.424242)),
        "tracking_clv_picks",
        ("odds_at_pick",),
    ),
    "probability": (
        lambda u: u.goalscorers.create(goalscorer("n", anytime_prob=42.4242)),
        Q + "goalscorer_profiles",
        ("anytime_prob",),
    ),
    "score": (
        lambda u: u.friction.create(friction(2, 1, 424242)),
        Q + "quantum_friction_matrix",
        ("friction_score",),
    ),
    "one team": (
        lambda u: u.friction.create(friction(1, 1)),
        Q + "quantum_friction_matrix",
        ("team_home_id", "team_away_id"),
    ),
    "vector": (
        lambda u: u.teams.create(team("n", luck_dna=[SECRET])),
        Q + "team_quantum_dna",
        ("luck_dna",),
    ),
    "profile": (
        lambda u: u.classifications.create(classification(2, profile_name=SECRET)),
        Q + "chess_classifications",
        ("profile_name",),
    ),
    "price type": (
        lambda u: u.odds.create(odds("n", price_type="x424242")),
        "odds",
        ("price_type",),
    ),
}


NULL: dict[str, tuple[Write, str, tuple[str, ...]]] = {
    "league": (
        lambda u: u.odds.create(odds(SECRET, home_team=None)),
        "odds",
        ("home_team",),
    ),
    "team": (
        lambda u: u.teams.create(team(SECRET, league=None)),
        Q + "team_quantum_dna",
        ("league",),
    ),
}


KINDS: dict[type[ConstraintViolationError], dict[str, tuple[Write, str, tuple[str, ...]]]] = {
    UniqueViolationError: UNIQUE,
    ForeignKeyViolationError: FOREIGN,
    CheckViolationError: CHECK,
    NotNullViolationError: NULL,
}
CASES = [
    pytest.param(kind, *case, id=f"{kind.__name__}-{name}")
    for kind, cases in KINDS.items()
    for name, case in cases.items()
]
