"""Generated rows for a machine without the real files: always the same, labelled as sample."""

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, inspect

from loading.jsonl import Record
from loading.merge import Merged, Target, wait_for_others
from models import (
    Base,
    ChessClassification,
    GoalscorerProfile,
    Odds,
    QuantumFrictionMatrix,
    QuantumStrategy,
    TeamQuantumDNA,
    TrackingCLVPicks,
)
from models.quantum.chess import TACTICAL_PROFILES
from repositories.errors import translated
from repositories.unit_of_work import UnitOfWork

LABEL: Final = "sample"
BOOKMAKER: Final = "Sample Bookmaker"
SEASON: Final = "2025-26"
LEAGUE: Final = "Sample League"
FIRST_ID: Final = 900_001
"""The first id, far above those of real files, so that one database can hold both."""

_TEAMS: Final = tuple(
    f"Sample {name}" for name in ("Albion", "City", "Rovers", "Rangers", "United", "Wanderers")
)
_STRATEGIES: Final = ("CONVERGENCE_OVER", "HOME_FORTRESS")
_FIRST_KICK_OFF: Final = datetime(2026, 1, 10, 15, tzinfo=UTC)
_LABELLED: Final = {"season": SEASON, "created_by": LABEL}

_Values = dict[str, Any]


def load(
    uow: UnitOfWork, on_progress: Callable[[int], None] = lambda _: None
) -> Mapping[str, Merged]:
    """Merge the sample rows into the tables; the caller commits."""
    wait_for_others(uow.session)
    dice = random.Random(LABEL)  # noqa: S311 - always the same rows, on purpose
    sources: dict[str, tuple[Target[Any], Iterable[_Values]]] = {
        "team_quantum_dna": (Target(uow.teams, ("team_name",)), _teams(dice)),
        "quantum_strategies": (
            Target(uow.strategies, ("team_id", "strategy_name", "season")),
            _strategies(dice),
        ),
        "quantum_friction_matrix": (
            Target(uow.friction, ("team_home_id", "team_away_id", "season")),
            _friction(dice),
        ),
        "chess_classifications": (
            Target(uow.classifications, ("team_id", "classified_at")),
            _classifications(dice),
        ),
        "goalscorer_profiles": (
            Target(uow.goalscorers, ("player_name", "team_name", "season")),
            _goalscorers(dice),
        ),
        "odds": (
            Target(uow.odds, ("match_id", "bookmaker", "market", "price_type", "line")),
            _odds(dice),
        ),
        "tracking_clv_picks": (Target(uow.tracking, ("pick_id",)), _picks(dice)),
    }
    return {
        name: target.merge(_records(name, rows), on_progress)
        for name, (target, rows) in sources.items()
    }


def remove(uow: UnitOfWork) -> Mapping[str, int]:
    """Delete the sample rows and no others; the caller commits.

    Returns:
        The number of rows that were deleted, by table.

    Raises:
        ForeignKeyViolationError: A row that is not a sample refers to a sample row.
    """
    picks = and_(TrackingCLVPicks.agent == LABEL, TrackingCLVPicks.bookmaker == BOOKMAKER)
    labelled: tuple[tuple[type[Base], ColumnElement[bool]], ...] = (
        (TrackingCLVPicks, picks),
        (Odds, Odds.bookmaker == BOOKMAKER),
        (GoalscorerProfile, GoalscorerProfile.created_by == LABEL),
        (ChessClassification, ChessClassification.created_by == LABEL),
        (QuantumFrictionMatrix, QuantumFrictionMatrix.created_by == LABEL),
        (QuantumStrategy, QuantumStrategy.created_by == LABEL),
        (TeamQuantumDNA, TeamQuantumDNA.created_by == LABEL),
    )
    return {model.__tablename__: _remove(uow, model, is_sample) for model, is_sample in labelled}


def _remove(uow: UnitOfWork, model: type[Base], is_sample: ColumnElement[bool]) -> int:
    statement = delete(model).where(is_sample).returning(*inspect(model).primary_key)
    with translated(inspect(model).local_table):  # type: ignore[arg-type]
        return len(uow.session.execute(statement).all())


def _records(name: str, rows: Iterable[_Values]) -> Iterable[Record]:
    return (Record(f"sample {name}", number, row) for number, row in enumerate(rows, start=1))


def _numbered(key: str, rows: Iterable[_Values]) -> Iterable[_Values]:
    return ({key: number, **row} for number, row in enumerate(rows, start=FIRST_ID))


def _team_ids() -> Mapping[str, int]:
    return {name: number for number, name in enumerate(_TEAMS, start=FIRST_ID)}


def _teams(dice: random.Random) -> Iterable[_Values]:
    rows = [
        {
            "team_name": name,
            "league": LEAGUE,
            "best_strategy": dice.choice(_STRATEGIES),
            "market_dna": {"over_specialist": dice.choice((True, False))},
            "context_dna": {"style": dice.choice(("offensive", "balanced", "defensive"))},
            "total_pnl": round(dice.uniform(-5, 25), 1),
            "win_rate": round(dice.uniform(30, 80), 1),
            **_LABELLED,
        }
        for name in _TEAMS
    ]
    return _numbered("team_id", rows)


def _strategies(dice: random.Random) -> Iterable[_Values]:
    rows = [
        {
            "team_id": team_id,
            "strategy_name": strategy,
            "market": dice.choice(("over_25", "btts_yes")),
            "roi": round(dice.uniform(-20, 60), 1),
            "sample_size": dice.randint(5, 40),
            **_LABELLED,
        }
        for team_id in _team_ids().values()
        for strategy in _STRATEGIES
    ]
    return _numbered("strategy_id", rows)


def _friction(dice: random.Random) -> Iterable[_Values]:
    rows = [
        {
            "team_home_id": home,
            "team_away_id": away,
            "friction_score": float(dice.randint(30, 90)),
            "chaos_potential": float(dice.randint(30, 90)),
            "confidence": round(dice.random(), 2),
            **_LABELLED,
        }
        for home, away in combinations(_team_ids().values(), 2)
    ]
    return _numbered("friction_id", rows)


def _classifications(dice: random.Random) -> Iterable[_Values]:
    rows = [
        {
            "team_id": team_id,
            "profile_name": dice.choice(TACTICAL_PROFILES),
            "confidence": round(dice.uniform(0.5, 1), 2),
            "classified_at": _FIRST_KICK_OFF,
            "created_by": LABEL,
        }
        for team_id in _team_ids().values()
    ]
    return _numbered("classification_id", rows)


def _goalscorers(dice: random.Random) -> Iterable[_Values]:
    rows = [
        {
            "player_name": f"Sample Player {number}",
            "team_name": team,
            "league": LEAGUE,
            "goals_total": dice.randint(0, 20),
            "appearances": dice.randint(5, 30),
            "anytime_prob": round(dice.random(), 2),
            **_LABELLED,
        }
        for team in _TEAMS
        for number in range(1, 4)
    ]
    return _numbered("player_id", rows)


def _matches() -> Iterable[tuple[str, str, str, datetime]]:
    for number, (home, away) in enumerate(combinations(_TEAMS, 2)):
        yield f"sample-{number + 1}", home, away, _FIRST_KICK_OFF + timedelta(days=7 * number)


def _odds(dice: random.Random) -> Iterable[_Values]:
    rows = [
        {
            "match_id": match_id,
            "home_team": home,
            "away_team": away,
            "league": LEAGUE,
            "commence_time": kick_off,
            "bookmaker": BOOKMAKER,
            "market": "h2h",
            "price_type": price_type,
            "line": None,
            "home_odds": round(dice.uniform(1.5, 4), 2),
            "draw_odds": round(dice.uniform(3, 4), 2),
            "away_odds": round(dice.uniform(1.5, 4), 2),
            "collected_at": kick_off - timedelta(hours=1),
        }
        for match_id, home, away, kick_off in _matches()
        for price_type in ("opening", "closing")
    ]
    return _numbered("id", rows)


def _picks(dice: random.Random) -> Iterable[_Values]:
    rows = [
        {
            "pick_id": f"{match_id}-home",
            "match_id": match_id,
            "home_team": home,
            "away_team": away,
            "league": LEAGUE,
            "match_date": kick_off,
            "market": "h2h",
            "selection": "home",
            "bookmaker": BOOKMAKER,
            "odds_at_pick": round(dice.uniform(1.5, 4), 2),
            "agent": LABEL,
        }
        for match_id, home, away, kick_off in _matches()
    ]
    return _numbered("id", rows)
