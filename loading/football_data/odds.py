"""Convert a line of a season file to rows of odds."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from core.errors import LoadError
from loading.football_data.columns import GOALS, Price
from loading.football_data.matches import Match
from loading.jsonl import Record

_ODDS: Final = re.compile(r"\d{1,6}(\.\d{0,12})?", re.ASCII)
_LINE: Final = re.compile(r"[+-]?\d{1,2}(\.\d{0,4})?", re.ASCII)


def rows(
    record: Record, match: Match, prices: Sequence[Price], *, has_commas: bool = False
) -> Iterator[dict[str, Any] | LoadError]:
    """Yield the rows of odds of a line, and an error in place of an invalid row.

    Args:
        record: The line.
        match: The match of the line.
        prices: The kinds of prices in the file, each with its columns.
        has_commas: Whether numbers may have a decimal comma.
    """
    if has_commas:
        values = {name: value.replace(",", ".") for name, value in record.values.items()}
        record = Record(record.file, record.line, values)
    shared = match.fields()
    for price in prices:
        try:
            odds = {field: _odds(record, column) for field, column in price.odds.items()}
            if any(value is not None for value in odds.values()):
                yield {**shared, **_EMPTY, **odds, **_price_record(record, match, price)}
        except LoadError as error:
            yield error


_EMPTY: Final = dict.fromkeys(("home_odds", "draw_odds", "away_odds", "over_odds", "under_odds"))


def _price_record(record: Record, match: Match, price: Price) -> dict[str, Any]:
    is_closing = price.price_type == "closing"
    return {
        "bookmaker": price.bookmaker,
        "bookmaker_key": price.key,
        "market": price.market,
        "price_type": price.price_type,
        "line": _line(record, price),
        "is_live": False,
        "collected_at": match.commence_time if is_closing else match.opening_time,
    }


def _odds(record: Record, column: str) -> float | None:
    """Read decimal odds; None if the field is blank or zero."""
    text = record.values[column]
    if not text:
        return None
    value = float(text) if _ODDS.fullmatch(text) else -1
    if value == 0:
        return None
    if value <= 1:
        record.refuse(f"{column} is {text[:20]!r}, and not decimal odds above 1")
    return value


def _line(record: Record, price: Price) -> float | None:
    if price.market == "totals":
        return GOALS
    if price.market == "h2h":
        return None
    column = price.line_column
    text = record.values[column] if column else ""
    if not text:
        first = next(iter(price.odds.values()))
        record.refuse(f"{first} is a handicap price without its handicap ({column or 'AHh'})")
    if not _LINE.fullmatch(text):
        record.refuse(f"{column} is {text[:20]!r}, and not a handicap")
    return float(text)
