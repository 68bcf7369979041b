"""Find the prices in a season file by the names of the columns in its header.

A price column is named ``<bookmaker><C at the close><outcome>``: ``PSH``, ``PSCH``, ``B365>2.5``,
``PCAHA``. Names are composed and looked up, never parsed, because that is ambiguous: ``BFD`` is the
draw at BF, and ``BFDD`` the draw at BFD.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from loading.football_data.names import Names

GOALS: Final = 2.5
"""The line of the totals, in goals; the files have no other."""

FIGURES: Final = frozenset(
    {
        *("Div", "Country", "League", "Season", "Date", "Time", "HomeTeam", "AwayTeam"),
        *("FTHG", "FTAG", "FTR", "HTHG", "HTAG", "HTR", "HG", "AG", "Res", "Attendance", "Referee"),
        *("HS", "AS", "HST", "AST", "HHW", "AHW", "HC", "AC", "HF", "AF", "HFKC", "AFKC"),
        *("HO", "AO", "HY", "AY", "HR", "AR", "HBP", "ABP", "Bb1X2", "BbOU", "BbAH"),
    }
)
"""Columns of notes.txt that hold no price, under the names that :mod:`layout` gives them."""

_LINES: Final = ("AHh", "AHCh", "BbAHh")
"""Columns with the handicap that all bookmakers of a match share."""

_OUTCOMES: Final[Mapping[str, Mapping[str, str]]] = {
    "h2h": {"home_odds": "H", "draw_odds": "D", "away_odds": "A"},
    "totals": {"over_odds": f">{GOALS}", "under_odds": f"<{GOALS}"},
    "asian_handicap": {"home_odds": "AHH", "away_odds": "AHA"},
}
_MARKS: Final = ("", "C")

Marks = Sequence[tuple[str, str]]
"""Price types, each with the mark in its columns' names; the first whose columns exist counts."""
OPENING_AND_CLOSING: Final[Marks] = (("opening", ""), ("closing", "C"))


@dataclass(frozen=True, slots=True)
class Price:
    """The columns of a season file that give one row of odds per line.

    Attributes:
        bookmaker: The bookmaker.
        key: The prefix that identifies the bookmaker; a file may have columns with another prefix
            of it.
        market: h2h, totals or asian_handicap.
        price_type: opening or closing.
        odds: The column of the file for each field of the row.
        line_column: The column with the line, if each match has its own.
    """

    bookmaker: str
    key: str
    market: str
    price_type: str
    odds: Mapping[str, str]
    line_column: str | None


def prices(
    header: Collection[str], names: Names, marks: Marks = OPENING_AND_CLOSING
) -> Iterator[Price]:
    """Yield the prices in a file, once for each bookmaker, market and price type."""
    seen = set()
    for prefix, bookmaker in names.bookmakers.items():
        for price_type, mark in marks:
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
                    yield Price(
                        bookmaker, names.bookmaker_key(bookmaker), market, price_type, odds, line
                    )


def known(names: Names) -> frozenset[str]:
    """Return the columns that notes.txt describes or that are named after a known bookmaker."""
    prefixes = (*names.bookmakers, *names.aggregates)
    handicaps = (f"{prefix}{mark}AH" for prefix in names.bookmakers for mark in _MARKS)
    return FIGURES | {*_LINES, *_price_columns(prefixes), *handicaps}


def unknown_prefixes(header: Sequence[str], names: Names) -> list[str]:
    """Return the prefixes of columns that look like prices of an unknown bookmaker."""
    rest = set(header) - set(_price_columns((*names.bookmakers, *names.aggregates)))
    found = {
        column.removesuffix(last)
        for first, *others, last in (tuple(outcomes.values()) for outcomes in _OUTCOMES.values())
        for column in rest
        if column.endswith(last)
        and (prefix := column.removesuffix(last))
        and {f"{prefix}{suffix}" for suffix in (first, *others)} <= rest
    }
    return sorted(name for name in found if not (name[-1] == "C" and name[:-1] in found))


def unread(header: Sequence[str], names: Names) -> dict[str, int]:
    """Return the columns of unknown meaning, and how often each occurs in the header.

    Columns of bookmakers that :func:`unknown_prefixes` finds are left out.
    """
    explained = known(names) | {*_price_columns(unknown_prefixes(header, names))}
    return dict(Counter(name for name in header if name and name not in explained))


def _price_columns(prefixes: Collection[str]) -> Iterator[str]:
    for prefix in prefixes:
        for mark in _MARKS:
            for outcomes in _OUTCOMES.values():
                yield from (f"{prefix}{mark}{suffix}" for suffix in outcomes.values())


def _line_column(header: Collection[str], prefix: str, mark: str) -> str | None:
    """Return the column with the handicap: the bookmaker's in old files, else the common one."""
    candidates = (f"{prefix}{mark}AH", f"AH{mark}h", f"BbAH{mark}h")
    return next((column for column in candidates if column in header), None)
