"""Faults that the data access finds in a value without a database."""

import math
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.errors import InvalidArgumentError, UnknownFieldError
from models import ChessClassification, Odds, QuantumFrictionMatrix, TeamQuantumDNA
from repositories import values


class Number(IntEnum):
    SEVEN = 7


def problem(field: str, value: Any, model: Any = Odds) -> str | None:
    try:
        values.check_value(values.model_column(model, field), value)
    except InvalidArgumentError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 2**63 - 1),
        ("id", -(2**63)),
        ("id", Number.SEVEN),
        ("home_odds", 2),
        ("home_odds", 1.7976931348623157e308),
        ("league", ""),
        ("league", "é" * 100),
        ("league", "👨\u200d👩\n\t"),
        ("is_live", False),
        ("commence_time", datetime(2, 1, 1, tzinfo=UTC)),
        ("commence_time", datetime(9998, 12, 31, tzinfo=timezone(timedelta(hours=14)))),
    ],
)
def test_what_fits_is_accepted(field: str, value: Any) -> None:
    assert problem(field, value) is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("id", 2**63, "odds.id is too large a number: the column is BIGINT"),
        ("id", True, "should be a whole number"),
        ("home_odds", math.nan, "should be finite"),
        ("home_odds", 10**400, "is too large a number"),
        ("league", "é" * 101, "is longer than 100 characters: the column is VARCHAR(100)"),
        ("league", "a\0", "holds a character that PostgreSQL cannot store"),
        ("league", "\udc80", "holds a character that PostgreSQL cannot store"),
        ("league", None, "should be text"),
        ("is_live", 1, "should be true or false"),
        ("commence_time", datetime(2026, 1, 1), "has no time zone"),  # noqa: DTZ001
        ("commence_time", datetime(1, 1, 1, tzinfo=UTC), "is outside of the calendar"),
        (
            "commence_time",
            datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-1))),
            "is outside of the calendar",
        ),
    ],
)
def test_what_does_not_fit_is_named(field: str, value: Any, words: str) -> None:
    assert words in (problem(field, value) or "")


def test_an_integer_column_is_smaller_than_a_bigint_column() -> None:
    assert problem("team_id", 2**31 - 1, TeamQuantumDNA) is None
    assert "too large" in (problem("team_id", 2**31, TeamQuantumDNA) or "")
    assert "too large" in (problem("team_id", -(2**31) - 1, TeamQuantumDNA) or "")


def nested(levels: int) -> Any:
    found: Any = None
    for number in range(levels):
        found = [found] if number % 2 else {"a": found}
    return found


def test_json_may_be_nested_so_deep_and_no_deeper() -> None:
    assert problem("features", nested(100), ChessClassification) is None
    assert "nested more than 100" in str(problem("features", nested(101), ChessClassification))
    assert "nested more than 100" in str(problem("features", nested(100_000), ChessClassification))


def test_json_that_holds_itself_is_too_deep() -> None:
    itself: list[Any] = []
    itself += [itself, itself]
    assert "nested more than 100" in str(problem("features", itself, ChessClassification))


@pytest.mark.parametrize("value", [None, "x", 0, 1.5, True, [], {}, {"a": [None, {"b": 10**300}]}])
def test_json_may_be_anything_that_json_has(value: Any) -> None:
    assert problem("features", value, ChessClassification) is None


@given(
    some.recursive(
        some.floats(allow_nan=False) | some.text(),
        lambda inner: some.lists(inner, min_size=1) | some.dictionaries(some.text(), inner),
    )
)
def test_every_flaw_of_a_json_value_is_found(value: Any) -> None:
    def flawed(item: Any) -> bool:
        if isinstance(item, float):
            return math.isinf(item)
        if isinstance(item, str):
            return "\0" in item or any("\ud800" <= letter <= "\udfff" for letter in item)
        inner = item if isinstance(item, list) else [*item, *item.values()]
        return any(map(flawed, inner))

    assert (problem("features", value, ChessClassification) is not None) == flawed(value)


@pytest.mark.parametrize("field", ["x", "home_team", "metadata", "__table__", 5, None, [], {}])
def test_an_unknown_field_is_answered_with_all_fields(field: Any) -> None:
    with pytest.raises(UnknownFieldError) as caught:
        values.model_column(QuantumFrictionMatrix, field)
    for name in ("friction_id", "team_home_id", "legacy_facts", "updated_at"):
        assert name in caught.value.remedy


@pytest.mark.parametrize("check", [values.limit, values.days, values.skip])
def test_whole_numbers_only(check: Any) -> None:
    assert check(7) == 7
    for bad in (-1, 1.0, "1", None, True, math.inf, 2**63, -(10**5000)):
        with pytest.raises(InvalidArgumentError, match="should be a whole number from") as caught:
            check(bad)
        assert check.__name__ in caught.value.remedy


def test_nothing_can_be_skipped_and_never_be_the_limit() -> None:
    assert values.skip(0) == 0
    for check in (values.limit, values.days):
        with pytest.raises(InvalidArgumentError, match="from 1"):
            check(0)
