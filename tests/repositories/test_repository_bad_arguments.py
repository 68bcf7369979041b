"""Query arguments that no row can have are refused."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from core.errors import InvalidArgumentError
from models import TeamQuantumDNA
from repositories import UnitOfWork
from tests.support.bad_values import NOT_FINITE, NUMBERS, TEXTS, WHOLE, Foreign
from tests.support.repository_rows import (
    Store,
    team,
)

pytestmark = pytest.mark.slow
BAD_TEXT = (None, *TEXTS)
BAD_ID = (None, *WHOLE)
BAD_LIMIT = (0, -1, True, 1.0, "1", None, 2**63, 10**5000, math.nan, Foreign())
Query = Callable[[UnitOfWork, Any], object]
QUERIES: dict[str, tuple[Query, tuple[Any, ...]]] = {
    "get_by_id": (lambda u, x: u.teams.get_by_id(x), BAD_ID),
    "get_by_id of odds": (lambda u, x: u.odds.get_by_id(x), (None, "1", 2**63, -(2**63) - 1)),
    "get_all limit": (lambda u, x: u.teams.get_all(limit=x), BAD_LIMIT),
    "get_all skip": (lambda u, x: u.teams.get_all(skip=x), BAD_LIMIT[1:]),
    "get_by_match": (lambda u, x: u.odds.get_by_match(x), BAD_TEXT),
    "get_by_league": (lambda u, x: u.odds.get_by_league(x), BAD_TEXT),
    "get_by_league limit": (lambda u, x: u.odds.get_by_league("x", x), BAD_LIMIT),
    "get_by_agent": (lambda u, x: u.tracking.get_by_agent(x), BAD_TEXT),
    "get_by_agent limit": (lambda u, x: u.tracking.get_by_agent("x", x), BAD_LIMIT),
    "days": (lambda u, x: u.tracking.get_recent_picks(x), (*BAD_LIMIT, 2**31, 1_000_001)),
    "recent limit": (lambda u, x: u.tracking.get_recent_picks(limit=x), BAD_LIMIT),
    "get_by_name": (lambda u, x: u.teams.get_by_name(x), BAD_TEXT),
    "teams of league": (lambda u, x: u.teams.get_by_league(x), BAD_TEXT),
    "top": (lambda u, x: u.teams.get_top_performers(x), BAD_LIMIT),
    "home": (lambda u, x: u.friction.get_friction(x, 1), BAD_ID),
    "away": (lambda u, x: u.friction.get_friction(1, x), BAD_ID),
    "season": (lambda u, x: u.friction.get_friction(1, 2, season=x), TEXTS),
    "score": (lambda u, x: u.friction.get_high_friction_matches(x), (None, *NUMBERS, *NOT_FINITE)),
    "score limit": (lambda u, x: u.friction.get_high_friction_matches(limit=x), BAD_LIMIT),
    "strategies": (lambda u, x: u.strategies.get_team_strategies(x), BAD_ID),
    "market": (lambda u, x: u.strategies.get_best_by_market(x), BAD_TEXT),
    "market limit": (lambda u, x: u.strategies.get_best_by_market("x", x), BAD_LIMIT),
    "current": (lambda u, x: u.classifications.get_current(x), BAD_ID),
    "classifications": (lambda u, x: u.classifications.get_by_team(x), BAD_ID),
    "profile": (lambda u, x: u.classifications.get_by_profile(x), BAD_TEXT),
    "profile limit": (lambda u, x: u.classifications.get_by_profile("x", x), BAD_LIMIT),
    "scorers": (lambda u, x: u.goalscorers.get_by_team(x), BAD_TEXT),
    "top scorers": (lambda u, x: u.goalscorers.get_top_scorers(x), BAD_LIMIT),
    "league": (lambda u, x: u.goalscorers.get_top_scorers(league=x), TEXTS),
}
ARGUMENTS = [
    pytest.param(query, value, id=f"{name}-{number}")
    for name, (query, values) in QUERIES.items()
    for number, value in enumerate(values)
]


@pytest.mark.parametrize(("query", "value"), ARGUMENTS)
def test_an_argument_that_fits_no_row_is_refused(shared: Store, query: Query, value: Any) -> None:
    with shared.unit_of_work() as uow, shared.statements() as sent:
        with pytest.raises(InvalidArgumentError) as caught:
            query(uow, value)
        assert caught.value.remedy
    assert sent == []


def test_an_id_that_does_not_exist_is_none(store: Store) -> None:
    store.add(team(team_id=1))
    with store.unit_of_work() as uow:
        for absent in (0, -1, 2, 2**31 - 1, -(2**31)):
            assert uow.teams.get_by_id(absent) is None
        assert isinstance(uow.teams.get_by_id(1), TeamQuantumDNA)
