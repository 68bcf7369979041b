"""Small season files in every layout that football-data.co.uk has used, with invented prices."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

ENGLAND: Final = ("E0", "E1", "E2", "E3", "EC")
SCOTLAND: Final = ("SC0", "SC1", "SC2", "SC3")
OTHERS: Final = (
    *("D1", "D2", "I1", "I2", "SP1", "SP2", "F1", "F2"),
    *("N1", "B1", "P1", "T1", "G1"),
)
FIRST_SEASON: Final = {
    **dict.fromkeys(("E0", "E1", "E2", "E3", "D1", "D2", "I1", "SP1", "F1", "N1"), 1993),
    **dict.fromkeys(("SC0", "SC1", "P1", "T1", "G1"), 1994),
    "B1": 1995,
    "F2": 1996,
    "SP2": 1996,
    "I2": 1997,
    "SC2": 1997,
    "SC3": 1997,
    "EC": 2005,
}
"""The year in which the first season of each division begins that the site has a file of."""


@dataclass(frozen=True, slots=True)
class Era:
    """Seasons whose files have the same columns.

    Attributes:
        first: The year in which its first season begins.
        figures: The columns of the match.
        bookmakers: The prefixes with prices of home, draw and away.
        totals: The prefixes with prices of over and under.
        handicaps: The prefixes with handicap prices.
        line: The column of the handicap.
        is_closing_too: Whether each price also has a closing price.
    """

    first: int
    figures: tuple[str, ...]
    bookmakers: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    handicaps: tuple[str, ...] = ()
    line: str = ""
    is_closing_too: bool = False


_RESULT: Final = ("FTHG", "FTAG", "FTR")
_HALF_TIME: Final = (*_RESULT, "HTHG", "HTAG", "HTR")
_MATCH: Final = (*_HALF_TIME, "Attendance", "Referee", "HS", "AS", "HST", "AST", "HHW", "AHW")
_LATER: Final = (*_HALF_TIME, "Referee", "HS", "AS", "HST", "AST", "HF", "AF", "HC", "AC")
_OLD: Final = ("B365", "GB", "IW", "LB", "SB", "WH")

ERAS: Final = (
    Era(1993, _RESULT),
    Era(1995, _HALF_TIME),
    Era(2000, _MATCH, ("GB", "IW", "LB", "SB", "WH", "SY")),
    Era(2002, _MATCH, (*_OLD, "SO"), ("GB",), ("GB",), "GBAH"),
    Era(2005, _LATER, (*_OLD, "BW", "SJ", "VC", "BS", "BbMx", "BbAv"), ("BbMx", "BbAv"), (), ""),
    Era(2012, _LATER, ("B365", "BW", "IW", "LB", "PS", "WH", "BbMx", "BbAv"), ("BbAv",)),
    Era(
        2019,
        ("Time", *_LATER),
        ("B365", "BW", "IW", "PS", "WH", "VC", "Max", "Avg"),
        ("B365", "P", "Max", "Avg"),
        ("B365", "P", "Max", "Avg"),
        "AHh",
        is_closing_too=True,
    ),
    Era(
        2025,
        ("Time", *_LATER),
        ("B365", "BFD", "BMGM", "BV", "CL", "LB", "PS", "Max", "BFE"),
        ("B365", "P", "Avg", "BFE"),
        ("B365", "P", "Avg", "BFE"),
        "AHh",
        is_closing_too=True,
    ),
)

_AGGREGATES: Final = ("BbMx", "BbAv", "Max", "Avg")


def find_era(year: int) -> Era:
    """Return the era of the season that begins in a year."""
    return [era for era in ERAS if era.first <= year][-1]


def rows_of_a_match(era: Era) -> int:
    """Return the number of rows of odds that a match of an era has."""
    kinds = (era.bookmakers, era.totals, era.handicaps)
    own = sum(prefix not in _AGGREGATES for prefixes in kinds for prefix in prefixes)
    return own * (2 if era.is_closing_too else 1)


def season(division: str, year: int, *, matches: int = 3) -> str:
    """Return the text of a file with a number of matches, a week apart, within the season."""
    era = find_era(year)
    names = ["Div", "Date", "HomeTeam", "AwayTeam", *era.figures, *_prices(era)]
    # Old files have HT and AT, and columns without a name after the last price.
    header = ["HT" if name == "HomeTeam" else name for name in names] if year == 2003 else names
    if year == 2003:
        header = ["AT" if name == "AwayTeam" else name for name in header] + [""] * 5
    lines = [header]
    for number in range(matches):
        day = date(year, 8, 8) + timedelta(weeks=number % 40)
        values = {
            "Div": division,
            "Date": day.strftime("%d/%m/%Y" if year >= 2015 else "%d/%m/%y"),
            "HomeTeam": f"Home {number}",
            "AwayTeam": f"Away {number}",
            "Time": "15:00",
            era.line: "-0.5",
            "AHCh": "-0.75",
        }
        lines.append([values.get(name, _value(name, era, number)) for name in names])
    return "".join(",".join(fields) + "\r\n" for fields in lines)


def _prices(era: Era) -> list[str]:
    found = []
    for mark in ("", "C") if era.is_closing_too else ("",):
        found += [f"{prefix}{mark}{side}" for prefix in era.bookmakers for side in "HDA"]
        found += [f"{prefix}{mark}{side}2.5" for prefix in era.totals for side in "><"]
        found += [f"AH{mark}h"] if era.line == "AHh" else [era.line] if era.line else []
        found += [f"{prefix}{mark}AH{side}" for prefix in era.handicaps for side in "HA"]
    return found


def _value(name: str, era: Era, number: int) -> str:
    return f"{1.5 + number / 10:.2f}" if name in _prices(era) else "1"
