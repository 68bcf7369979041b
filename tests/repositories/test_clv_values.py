"""Figures of closing line value (CLV): counts of closed picks, and intervals of means."""

import math
import statistics

import pytest
from scipy import stats

from repositories.clv import ClosedPicks, ClvGroup, LeftOpen


def group(matches: int, standard_error: float | None, mean: float = 1.0) -> ClvGroup:
    return ClvGroup("all", None, matches, matches, mean, mean, standard_error)


@pytest.mark.parametrize("count", [2, 3, 10, 1000])
def test_the_interval_is_that_of_students_t(count: int) -> None:
    values = [math.sin(number) * 5 for number in range(count)]
    error = statistics.stdev(values) / math.sqrt(count)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    interval = group(count, error, statistics.fmean(values)).interval()
    assert interval == pytest.approx((expected.low, expected.high))


def test_one_match_gives_no_interval() -> None:
    assert group(1, None).interval() is None


def test_picks_that_are_all_alike_give_a_point() -> None:
    assert group(5, 0.0).interval() == (1.0, 1.0)


def test_outcomes_of_the_statement_are_counted() -> None:
    rows = [
        ("own", None, None, None, 7, None),
        ("fall-back", "Pinnacle", None, None, 3, None),
        ("fall-back", "Betfair Exchange", None, None, 2, None),
        ("kept", None, None, None, 1, None),
        ("no market", None, "btts", None, 3, None),
        ("no market", None, "corners", None, 1, None),
        ("no price", None, None, None, 5, None),
    ]
    closed = ClosedPicks.from_rows(rows)
    assert closed == ClosedPicks(7, {"Pinnacle": 3, "Betfair Exchange": 2}, 1, 4, 0, 5)
    assert (closed.closed, closed.left_open) == (13, 9)
    assert closed.reasons[0] == LeftOpen("no market", "btts", None, 3)
