"""Invalid arguments and values are refused before anything is sent; the error names the field."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func

from core.errors import InvalidArgumentError
from tests.support.bad_values import NOT_FINITE, NUMBERS, TEXTS, WHOLE, Foreign
from tests.support.repository_rows import (
    Store,
    classification,
    friction,
    goalscorer,
    odds,
    pick,
    strategy,
    team,
)

pytestmark = pytest.mark.slow
NESTED: list[Any] = []


NESTED.append(NESTED)


NAIVE = datetime(2026, 1, 10, 15)  # noqa: DTZ001 - on purpose
MOMENTS = (
    NAIVE,
    "2026-01-10",
    date(2026, 1, 10),
    1768057200,
    datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))),
    datetime(1, 1, 1, tzinfo=UTC),
)
JSON = (
    {"a": math.nan},
    {"a": [math.inf]},
    {1: "a"},
    {"a": (1, 2)},
    {"a": {1}},
    {"a": b"x"},
    {"a": Decimal(1)},
    {"a": NAIVE},
    {"a": "\0"},
    {"\ud800": 1},
    {"a": 10**5000},
    {"a": NESTED},
    Foreign(),
)
Make = Callable[[Any], Any]
FIELDS: dict[str, tuple[str, Make, tuple[Any, ...]]] = {
    "league": ("odds", lambda value: odds(league=value), TEXTS),
    "home_odds": ("odds", lambda value: odds(home_odds=value), NUMBERS + NOT_FINITE),
    "line": ("odds", lambda value: odds(line=value), NOT_FINITE),
    "is_live": ("odds", lambda value: odds(is_live=value), (1, 0, "true", 1.0, Foreign())),
    "commence_time": ("odds", lambda value: odds(commence_time=value), MOMENTS),
    "collected_at": ("odds", lambda value: odds(collected_at=value), (NAIVE,)),
    "id": ("odds", lambda value: odds(id=value), ("1", 2**63, 1.0)),
    "clv_percentage": ("tracking", lambda value: pick(clv_percentage=value), NOT_FINITE),
    "agent": ("tracking", lambda value: pick(agent=value), ("x" * 51,)),
    "notes": ("tracking", lambda value: pick(notes=value), (1, "a\0b")),
    "market_dna": ("teams", lambda value: team(market_dna=value), JSON),
    "total_pnl": ("teams", lambda value: team(total_pnl=value), NUMBERS + NOT_FINITE),
    "team_id": ("teams", lambda value: team(team_id=value), WHOLE),
    "created_by": ("teams", lambda value: team(created_by=value), ("x" * 101, 5)),
    "friction_score": ("friction", lambda value: friction(1, 2, value), NOT_FINITE),
    "team_away_id": ("friction", lambda value: friction(1, value), WHOLE),
    "recommended_markets": ("friction", lambda v: friction(1, 2, recommended_markets=v), JSON),
    "min_confidence": ("strategies", lambda value: strategy(1, min_confidence=value), NOT_FINITE),
    "priority": ("strategies", lambda value: strategy(1, priority=value), WHOLE),
    "confidence": ("classifications", lambda v: classification(1, confidence=v), NOT_FINITE),
    "anytime_prob": ("goalscorers", lambda value: goalscorer(anytime_prob=value), NOT_FINITE),
    "goals_total": ("goalscorers", lambda value: goalscorer(goals_total=value), WHOLE),
}
VALUES = [
    pytest.param(repository, field, make, value, id=f"{field}-{number}")
    for field, (repository, make, values) in FIELDS.items()
    for number, value in enumerate(values)
]


@pytest.mark.parametrize(("repository", "field", "make", "value"), VALUES)
def test_a_value_that_fits_no_row_is_refused_by_name(
    shared: Store, repository: str, field: str, make: Make, value: Any
) -> None:
    with shared.unit_of_work() as uow, shared.statements() as sent:
        with pytest.raises(InvalidArgumentError, match=rf"\.{field} ") as caught:
            getattr(uow, repository).create(make(value))
        with pytest.raises(InvalidArgumentError, match=rf"\.{field} "):
            getattr(uow, repository).get_by_field(field, value)
        assert not uow.session.new
    assert sent == []
    assert caught.value.remedy.startswith("the column is ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("blank", ["", " \t", "\u2003"])
@pytest.mark.parametrize(
    ("repository", "field", "make"),
    [
        ("odds", "bookmaker", lambda value: odds(bookmaker=value)),
        ("teams", "team_name", team),
        ("tracking", "pick_id", pick),
    ],
)
def test_a_blank_text_names_no_row(
    shared: Store, repository: str, field: str, make: Make, blank: str
) -> None:
    with (
        shared.unit_of_work() as uow,
        shared.statements() as sent,
        pytest.raises(InvalidArgumentError, match=rf"\.{field} should not be blank"),
    ):
        getattr(uow, repository).create(make(blank))
    assert sent == []


def test_a_blank_text_that_names_nothing_is_a_value(store: Store) -> None:
    store.add(team(league=""))
    assert store.ask("SELECT league FROM quantum.team_quantum_dna") == [("",)]


def test_a_change_is_looked_at_like_a_new_row(store: Store) -> None:
    store.add(odds())
    with store.unit_of_work() as uow:
        (row,) = uow.odds.get_all()
        for field, value in (("home_odds", math.nan), ("league", 5), ("commence_time", NAIVE)):
            before = getattr(row, field)
            setattr(row, field, value)
            with pytest.raises(InvalidArgumentError, match=field):
                uow.odds.update(row)
            for end in (uow.flush, uow.commit):
                with pytest.raises(InvalidArgumentError, match=field):
                    end()
            setattr(row, field, before)
        uow.commit()


def test_what_comes_along_by_a_relationship_is_looked_at_too(store: Store) -> None:
    with store.unit_of_work() as uow, store.statements() as sent:
        row = strategy(1, team=team(total_pnl=math.nan))
        with pytest.raises(InvalidArgumentError, match="total_pnl"):
            uow.strategies.create(row)
    assert sent == []


def test_what_was_stored_by_others_does_not_hinder_a_change(store: Store) -> None:
    store.add(team(team_id=1))
    store.ask("UPDATE quantum.team_quantum_dna SET total_pnl = 'NaN'")
    with store.unit_of_work() as uow:
        row = uow.teams.get_by_id(1)
        assert row is not None
        row.tier = "ELITE"
        uow.teams.update(row)
        uow.commit()
    assert store.ask("SELECT tier FROM quantum.team_quantum_dna") == [("ELITE",)]


def test_an_sql_expression_may_be_a_value_of_a_row_and_of_nothing_else(store: Store) -> None:
    with store.unit_of_work() as uow:
        row = uow.odds.create(odds(collected_at=func.to_timestamp(0), league=func.upper("l")))
        assert row.collected_at == datetime(1970, 1, 1, tzinfo=UTC)
        assert row.league == "L"
        for ask in (
            lambda: uow.odds.get_by_id(func.now()),
            lambda: uow.odds.get_by_field("league", func.now()),
            lambda: uow.odds.get_by_match(func.now()),  # type: ignore[arg-type]
        ):
            with pytest.raises(InvalidArgumentError):
                ask()
