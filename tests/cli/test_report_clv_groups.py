"""The figures of closing line value (CLV) for each group."""

from datetime import date, timedelta
from typing import Any

import pytest
from scipy import stats

from core.errors import InvalidArgumentError
from repositories.clv import ClvGroup
from tests.support.closed_picks import closed
from tests.support.repository_rows import KICK_OFF, Store, pick


def groups(store: Store, dimension: str, **arguments: Any) -> list[ClvGroup]:
    with store.unit_of_work() as uow:
        return list(uow.tracking.get_clv_summary(**arguments).by(dimension))


def test_picks_are_grouped_by_each_dimension(any_store: Store) -> None:
    any_store.add(
        closed(1, 2.0, league="Serie A", market="h2h", agent="one", bookmaker="Pinnacle"),
        closed(2, 4.0, league="Serie A", market="totals", agent="one", bookmaker="bwin"),
        closed(3, 9.0, league="Ligue 1", market="h2h", agent=None, bookmaker="bwin"),
        pick("open"),
    )
    with any_store.unit_of_work() as uow:
        summary = uow.tracking.get_clv_summary()
    assert summary.open_picks == 1
    assert [
        (group.dimension, group.name, group.picks, group.mean, group.median)
        for group in summary.groups
    ] == [
        ("agent", "one", 2, 3.0, 3.0),
        ("agent", None, 1, 9.0, 9.0),
        ("all", None, 3, 5.0, 4.0),
        ("bookmaker", "bwin", 2, 6.5, 6.5),
        ("bookmaker", "Pinnacle", 1, 2.0, 2.0),
        ("league", "Serie A", 2, 3.0, 3.0),
        ("league", "Ligue 1", 1, 9.0, 9.0),
        ("market", "h2h", 2, 5.5, 5.5),
        ("market", "totals", 1, 4.0, 4.0),
        ("period", "2026-01-05", 3, 5.0, 4.0),
    ]


def test_with_a_pick_on_every_match_the_interval_is_the_usual_one(any_store: Store) -> None:
    values = [1.5, -2.0, 7.25, 0.0, 3.0]
    any_store.add(*(closed(number, clv) for number, clv in enumerate(values)))
    (everything,) = groups(any_store, "all")
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert everything.interval() == pytest.approx((expected.low, expected.high))


@pytest.mark.slow
def test_picks_on_one_match_count_as_one_draw(store: Store) -> None:
    """Doubling every pick adds no information, so the interval must not become narrower."""
    values = [1.5, -2.0, 7.25, 0.0, 3.0]
    store.add(*(closed(number, clv) for number, clv in enumerate(values)))
    (single,) = groups(store, "all")
    store.add(
        *(
            closed(100 + number, clv, home_team=f"HOME {number}")
            for number, clv in enumerate(values)
        )
    )
    (twice,) = groups(store, "all")
    assert (twice.picks, twice.matches) == (10, 5)
    assert twice.interval() == pytest.approx(single.interval())


@pytest.mark.slow
def test_one_match_has_no_interval(store: Store) -> None:
    store.add(closed(1, 2.0), closed(2, 4.0, home_team="Home 1"))
    (everything,) = groups(store, "all")
    assert (everything.picks, everything.matches, everything.interval()) == (2, 1, None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("period", "names"),
    [
        ("day", ["2026-01-10", "2026-01-11", "2026-02-01"]),
        ("week", ["2026-01-05", "2026-01-26"]),
        ("month", ["2026-01-01", "2026-02-01"]),
    ],
)
def test_periods_come_in_the_order_of_time(store: Store, period: str, names: list[str]) -> None:
    for number, day in enumerate((22, 0, 1)):
        store.add(closed(number, 1.0, match_date=KICK_OFF + timedelta(days=day)))
    assert [group.name for group in groups(store, "period", period=period)] == names


@pytest.mark.slow
@pytest.mark.parametrize(
    ("since", "until", "picks"),
    [(None, None, 3), ("2026-01-11", None, 2), (None, "2026-01-11", 2), ("2026-01-11",) * 2 + (1,)],
)
def test_days_are_chosen_with_both_ends(
    store: Store, since: str | None, until: str | None, picks: int
) -> None:
    store.add(*(closed(n, 1.0, match_date=KICK_OFF + timedelta(days=n)) for n in range(3)))
    chosen = {
        "since": date.fromisoformat(since) if since else None,
        "until": date.fromisoformat(until) if until else None,
    }
    assert [group.picks for group in groups(store, "all", **chosen)] == [picks]


@pytest.mark.slow
def test_an_unknown_period_is_refused(store: Store) -> None:
    with pytest.raises(InvalidArgumentError, match="day, week, month"):
        groups(store, "all", period="year")


@pytest.mark.slow
def test_it_takes_one_statement(store: Store) -> None:
    store.add(closed(1, 1.0))
    with store.unit_of_work() as uow, store.statements() as sent:
        uow.tracking.get_clv_summary()
    assert len(sent) == 1
