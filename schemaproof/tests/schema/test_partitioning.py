"""Periods of partitions: their bounds, their names, and which are needed; pure functions."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from schemaproof.schema.partitioning import UNITS, Partitioning, Period, bounds, declared

NOW = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)


def table(
    unit: str, ahead: int = 1, kept: int | None = None, name: str = "history"
) -> Partitioning:
    return Partitioning(schema="shop", name=name, unit=unit, ahead=ahead, kept=kept)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("unit", "start", "end", "name"),
    [
        ("day", "2026-01-31", "2026-02-01", "history_p2026_01_31"),
        ("week", "2026-01-26", "2026-02-02", "history_p2026_01_26"),
        ("month", "2026-01-01", "2026-02-01", "history_p2026_01"),
        ("year", "2026-01-01", "2027-01-01", "history_p2026"),
    ],
)
def test_a_partition_holds_the_period_of_a_moment(
    unit: str, start: str, end: str, name: str
) -> None:
    period = table(unit).period(NOW)
    assert period == Period(day(start), day(end))
    assert table(unit).partition_name(period) == name
    assert table(unit).named(name) == period


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_wanted_has_no_gap_and_ends_ahead(unit: str) -> None:
    old = table(unit).period(day("2024-02-29"))
    wanted = [*table(unit, ahead=3).wanted(NOW, [old])]
    assert wanted[0] == old
    assert all(one.end == other.start for one, other in pairwise(wanted))
    assert wanted.index(table(unit).period(NOW)) == len(wanted) - 4


def test_old_is_what_ended_before_the_kept_ones_began() -> None:
    kept = table("month", kept=2)
    assert kept.is_old(kept.period(day("2025-10-31")), NOW)
    assert not kept.is_old(kept.period(day("2025-11-01")), NOW)
    assert not table("month").is_old(kept.period(day("1990-01-01")), NOW)


def test_a_long_name_is_cut_as_postgresql_would_and_told_apart() -> None:
    long = table("month", name="ä" * 40)
    names = {long.partition_name(one) for one in long.wanted(NOW)}
    assert all(len(name.encode()) <= 63 for name in names)
    assert len(names) == 2


@pytest.mark.parametrize(
    "text", ["month", "month, 3 ahead", "day, 0 ahead, 30 kept", "year, 1 ahead"]
)
def test_what_a_project_may_declare(text: str) -> None:
    assert declared(("shop", "history"), text) is not None


@pytest.mark.parametrize(
    "text", ["", "hour", "month 3 ahead", "month, -1 ahead", "3 ahead", "months"]
)
def test_what_it_may_not(text: str) -> None:
    assert declared(("shop", "history"), text) is None


@pytest.mark.parametrize(
    "text",
    [
        "DEFAULT",
        "FOR VALUES IN ('a')",
        "FOR VALUES FROM (1) TO (2)",
        "FOR VALUES FROM ('x') TO ('y')",
    ],
)
def test_other_bounds_are_none(text: str) -> None:
    assert bounds(text) is None


def test_the_bounds_are_read_as_they_are_written() -> None:
    period = table("month").period(NOW)
    assert bounds(f"FOR VALUES {period}") == period
