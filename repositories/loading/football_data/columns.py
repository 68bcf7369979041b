"""The header of a season file → where the prices stand; columns are found by name.

A price column is named ``<bookmaker><C at the close><outcome>``: ``PSH``, ``PSCH``, ``B365>2.5``,
``PCAHA``. Names are put together and looked up, never taken apart: ``BFD`` is the draw at BF, and
``BFDD`` the draw at BFD.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from repositories.loading.football_data.names import Names

REQUIRED: Final = ("Div", "Date", "HomeTeam", "AwayTeam")
GOALS: Final = 2.5
"""The only line of the totals."""

_MARKS: Final = {"opening": "", "closing": "C"}
_OUTCOMES: Final[Mapping[str, Mapping[str, str]]] = {
    "h2h": {"home_odds": "H", "draw_odds": "D", "away_odds": "A"},
    "totals": {"over_odds": f">{GOALS}", "under_odds": f"<{GOALS}"},
    "asian_handicap": {"home_odds": "AHH", "away_odds": "AHA"},
}


@dataclass(frozen=True, slots=True)
class Price:
    """One row of odds that each line of a file holds.

    Attributes:
        bookmaker: The bookmaker.
        prefix: Its prefix in this file.
        market: h2h, totals or asian_handicap.
        price_type: opening or closing.
        odds: The column of the file by the field of the row.
        line_column: The column with the line, where each match has its own.
    """

    bookmaker: str
    prefix: str
    market: str
    price_type: str
    odds: Mapping[str, str]
    line_column: str | None


def prices(header: Collection[str], names: Names) -> Iterator[Price]:
    """Yield what a file has prices of, each bookmaker, market and price type once."""
    seen = set()
    for prefix, bookmaker in names.bookmakers.items():
        for price_type, mark in _MARKS.items():
            for market, outcomes in _OUTCOMES.items():
                odds = {
                    field: column
                    for field, suffix in outcomes.items()
                    if (column := f"{prefix}{mark}{suffix}") in header
                }
                key = (bookmaker, market, price_type)
                if odds and key not in seen:
                    seen.add(key)
                    line = _line_column(header, prefix, mark) if "handicap" in market else None
                    yield Price(bookmaker, prefix, market, price_type, odds, line)


def unknown_prefixes(header: Sequence[str], names: Names) -> list[str]:
    """Return the prefixes of what looks like prices of a bookmaker that no name is known of."""
    known = {
        f"{prefix}{mark}{suffix}"
        for prefix in (*names.bookmakers, *names.aggregates)
        for mark in _MARKS.values()
        for outcomes in _OUTCOMES.values()
        for suffix in outcomes.values()
    }
    rest = set(header) - known
    found = {
        column.removesuffix(last)
        for first, *others, last in (tuple(outcomes.values()) for outcomes in _OUTCOMES.values())
        for column in rest
        if column.endswith(last)
        and (prefix := column.removesuffix(last))
        and {f"{prefix}{suffix}" for suffix in (first, *others)} <= rest
    }
    return sorted(name for name in found if not (name[-1] == "C" and name[:-1] in found))


def _line_column(header: Collection[str], prefix: str, mark: str) -> str | None:
    """The column with the handicap: the bookmaker's own in old files, else that of all."""
    candidates = (f"{prefix}{mark}AH", f"AH{mark}h", f"BbAH{mark}h")
    return next((column for column in candidates if column in header), None)
