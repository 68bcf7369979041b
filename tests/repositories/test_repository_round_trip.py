"""A second session reads every accepted value unchanged."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.support.repository_rows import Store, odds, team
from tests.support.value_strategies import characters, names, numbers, values, vectors

often = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
zones = some.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = some.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=zones)  # noqa: DTZ001


def through(store: Store, **given_values: Any) -> dict[str, Any]:
    """Write a team, read it in a second session, and delete it."""
    with store.unit_of_work() as uow:
        id_ = uow.teams.create(team(**given_values)).team_id
        uow.commit()
    with store.unit_of_work() as uow:
        found = uow.teams.get_by_id(id_)
        assert found is not None
        read = found.to_dict()
        uow.teams.delete(found)
        uow.commit()
    return {key: read[key] for key in given_values}


@often
@given(team_name=names, change_reason=some.text(characters))
def test_text(shared: Store, team_name: str, change_reason: str) -> None:
    assert through(shared, team_name=team_name, change_reason=change_reason) == {
        "team_name": team_name,
        "change_reason": change_reason,
    }


@often
@given(name=names)
def test_a_name_is_found_by_itself(shared: Store, name: str) -> None:
    with shared.unit_of_work() as uow:
        uow.teams.create(team(name))
        found = uow.teams.get_by_name(name)
        assert found is not None
        assert found.team_name == name
        assert uow.teams.get_by_field("team_name", name) == [found]


@often
@given(vector=vectors, facts=values)
def test_json(shared: Store, vector: dict[str, Any], facts: Any) -> None:
    read = through(shared, market_dna=vector, legacy_facts=facts)
    assert read == {"market_dna": vector, "legacy_facts": facts}


@often
@given(number=numbers)
def test_numbers(shared: Store, number: float) -> None:
    (read,) = through(shared, total_pnl=number).values()
    assert read == number


@pytest.mark.parametrize("number", [5e-324, -5e-324, 1.7976931348623157e308, 2**-1074, 0.1])
def test_extreme_numbers(shared: Store, number: float) -> None:
    (read,) = through(shared, avg_clv=number).values()
    assert read.hex() == float(number).hex()


@often
@given(moment=moments)
def test_moments(shared: Store, moment: datetime) -> None:
    with shared.unit_of_work() as uow:
        id_ = uow.odds.create(odds(commence_time=moment)).id
        uow.session.expire_all()
        found = uow.odds.get_by_id(id_)
        assert found is not None
        assert found.commence_time == moment
        assert found.commence_time.astimezone(UTC) == moment.astimezone(UTC)


@pytest.mark.parametrize("number", [5.696838002813419e16, 1.7976931348623157e308, -2.5e300])
def test_a_large_float_in_json_comes_back_as_the_integer_with_its_digits(
    shared: Store, number: float
) -> None:
    (read,) = through(shared, luck_dna={"n": number}).values()
    assert isinstance(read["n"], int)
    assert float(read["n"]) == number
