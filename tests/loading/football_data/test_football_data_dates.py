"""Dates of season files: how a date is parsed, and how the order of day and month is found."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loading.football_data import dates
from loading.football_data.dates import Order

DAYS = st.dates(date(1993, 8, 1), date(2060, 6, 1))
WRITTEN = {Order.DAY_FIRST: "%d/%m/%Y", Order.MONTH_FIRST: "%m/%d/%Y"}


def found(*texts: str) -> dict[Order, int | None]:
    given = enumerate(texts, start=2)
    return {order: evidence.line for order, evidence in dates.evidence(given).items()}


@given(DAYS, st.sampled_from(Order))
def test_a_date_is_read_in_the_order_that_was_told(day: date, order: Order) -> None:
    assert dates.read(day.strftime(WRITTEN[order]), order) == day


@pytest.mark.parametrize("text", ["16/8/2025", "16/08/25", "16.08.2025", "16-08-2025"])
def test_a_date_may_have_short_numbers_and_other_separators(text: str) -> None:
    assert dates.read(text, Order.DAY_FIRST) == date(2025, 8, 16)


@pytest.mark.parametrize("order", Order)
def test_an_iso_date_has_one_order(order: Order) -> None:
    assert dates.read("2025-08-03", order) == date(2025, 8, 3)


@pytest.mark.parametrize("text", ["16/08-2025", "2025/08/16", "16 Aug 2025", "45885", "16/08"])
def test_other_texts_are_no_dates(text: str) -> None:
    with pytest.raises(dates.NotADateError, match="is not dd/mm/yyyy"):
        dates.read(text, Order.DAY_FIRST)


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        (("16/08/2025",), {Order.DAY_FIRST: 2}),
        (("8/3/2025", "8/16/2025"), {Order.MONTH_FIRST: 3}),
        (("16/08/2025", "08/17/2025"), {Order.DAY_FIRST: 2, Order.MONTH_FIRST: 3}),
        (("31/31/2025", "x", "", "2025-08-16"), {}),
        (("01/08/2025",), {}),
        (("01/08/2025", "02/08/2025", "03/08/2025"), {}),
        (("8/3/2025", "8/10/2025", "9/2/2025"), {Order.MONTH_FIRST: None}),
        (("03/08/2025", "10/08/2025", "02/09/2025"), {Order.DAY_FIRST: None}),
    ],
    ids=str,
)
def test_what_can_be_written_in_one_order_only_shows_it(
    texts: tuple[str, ...], orders: dict[Order, int | None]
) -> None:
    assert found(*texts) == orders


@given(st.lists(DAYS, min_size=1), st.sampled_from(Order))
def test_the_order_of_a_sorted_file_is_never_taken_for_the_other(
    days: list[date], order: Order
) -> None:
    texts = [day.strftime(WRITTEN[order]) for day in sorted(days)]
    assert order.other not in found(*texts)


@given(DAYS, st.sampled_from(Order))
def test_a_season_always_shows_its_order(first: date, order: Order) -> None:
    days = [first + timedelta(weeks=week) for week in range(6)]
    assert list(found(*(day.strftime(WRITTEN[order]) for day in days))) == [order]
