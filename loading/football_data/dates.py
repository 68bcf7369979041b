"""Determine the format of the dates in a season file, for the whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

_SLASHED: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{2}|\d{4})", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_FIRST_CENTURY: Final = 93
"""The least two-digit year of the 1900s: the first season with such years is 1993-94."""
_YEARS: Final = range(1888, 3000)
"""The years that are accepted; the first season began in 1888. Others are refused."""
_MONTHS: Final = 12
_ENOUGH_DAYS: Final = 3
"""The least number of different days that show in which order a file is sorted."""


class Order(StrEnum):
    """The order of day and month in a date."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"

    @property
    def other(self) -> Order:
        """The other order."""
        return Order.MONTH_FIRST if self is Order.DAY_FIRST else Order.DAY_FIRST


@dataclass(frozen=True, slots=True)
class Evidence:
    """A date of a file that is valid in only one order.

    Attributes:
        line: The line of the date; None when only the sequence of the dates shows the order.
        text: The date.
    """

    line: int | None
    text: str


class NotADateError(ValueError):
    """A text is not a date; the message is put after the name of the column."""


def read(text: str, order: Order) -> date:
    """Read a date in the given order, with a year of two or four digits, or as ISO 8601.

    Raises:
        NotADateError: The text is not a date.
    """
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _SLASHED.fullmatch(text):
        first, _, second, written = found.groups()
        day, month = (int(first), int(second))
        if order is Order.MONTH_FIRST:
            day, month = month, day
        year = int(written)
        if len(written) == 2:  # noqa: PLR2004 - digits of the year
            year += 1900 if year >= _FIRST_CENTURY else 2000
    else:
        raise NotADateError(f"is not {'dd/mm' if order is Order.DAY_FIRST else 'mm/dd'}/yyyy")
    try:
        return date(year if year in _YEARS else 0, month, day)
    except ValueError:
        raise NotADateError("is not in the calendar") from None


def fits_both_orders(text: str) -> bool:
    """Whether a date is valid in both orders, and means different days."""
    found = _SLASHED.fullmatch(text)
    return found is not None and int(found[1]) != int(found[3])


def evidence(dates: Iterable[tuple[int, str]]) -> dict[Order, Evidence]:
    """Find the order of day and month in the dates of a file.

    A number above 12 cannot be a month. If there is none, the sequence of the lines decides: season
    files are sorted by day, so the right order is the one in which the dates are sorted.

    Args:
        dates: The line and the text of each date, as in the file.

    Returns:
        The first evidence for each order; both when a file mixes them.
    """
    found: dict[Order, Evidence] = {}
    days: dict[Order, list[date]] = {order: [] for order in Order}
    for line, text in dates:
        match = _SLASHED.fullmatch(text)
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        if second <= _MONTHS < first:
            found.setdefault(Order.DAY_FIRST, Evidence(line, text))
        elif first <= _MONTHS < second:
            found.setdefault(Order.MONTH_FIRST, Evidence(line, text))
        elif not found:
            _add(days, text)
    return found or _by_sorting(days)


def _add(days: dict[Order, list[date]], text: str) -> None:
    for order, known in days.items():
        try:
            day = read(text, order)
        except NotADateError:
            continue
        if not known or known[-1] != day:
            known.append(day)


def _by_sorting(days: dict[Order, list[date]]) -> dict[Order, Evidence]:
    is_sorted = {order: known == sorted(known) for order, known in days.items()}
    for order in Order:
        known = days[order]
        if is_sorted[order] and not is_sorted[order.other] and len(set(known)) >= _ENOUGH_DAYS:
            return {order: Evidence(None, f"from {known[0]} to {known[-1]}")}
    return {}
