"""Build season files in the layout of football-data.co.uk, with invented prices."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

BYTE_ORDER_MARK: Final = "\ufeff"

MATCH: Final[Mapping[str, str]] = {
    "Div": "E0",
    "Date": "29/11/2025",
    "Time": "15:00",
    "HomeTeam": "Man United",
    "AwayTeam": "Fulham",
    "FTHG": "2",
    "Referee": "A Referee",
}
PRICES: Final[Mapping[str, str]] = {
    "B365H": "1.5",
    "B365D": "4",
    "B365A": "6.5",
    "PSH": "1.52",
    "PSD": "4.1",
    "PSA": "6.8",
    "MaxH": "1.6",
    "MaxD": "4.4",
    "MaxA": "7",
    "AvgH": "1.51",
    "AvgD": "4.05",
    "AvgA": "6.6",
    "B365>2.5": "1.8",
    "B365<2.5": "2",
    "P>2.5": "1.83",
    "P<2.5": "2.05",
    "Avg>2.5": "1.8",
    "AHh": "-1",
    "PAHH": "1.9",
    "PAHA": "2",
    "MaxAHH": "2",
    "MaxAHA": "2.1",
    "B365CH": "1.4",
    "B365CD": "4.5",
    "B365CA": "7",
    "PSCH": "1.45",
    "PSCD": "4.6",
    "PSCA": "7.2",
    "PC>2.5": "1.7",
    "PC<2.5": "2.2",
    "AHCh": "-1.25",
    "PCAHH": "1.95",
    "PCAHA": "1.97",
    "MaxCH": "1.5",
    "AvgCH": "1.44",
}
ROWS: Final = 9
"""Rows of odds in a line with all of these prices: five at collection, four at the close."""


def line(**values: str) -> dict[str, str]:
    """Return a match; pass columns whose names are no Python names in a dictionary."""
    return {**MATCH, **PRICES, **values}


def text(*lines: Mapping[str, str], columns: Any = None) -> str:
    """Return the text of a file; its columns are those of the first line."""
    names = list(columns or lines[0])
    rows = [names, *([row.get(name, "") for name in names] for row in lines)]
    return BYTE_ORDER_MARK + "".join(",".join(row) + "\n" for row in rows)


def write(path: Path, *lines: Mapping[str, str], columns: Any = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(*lines, columns=columns), "utf-8")
    return path


def season(matches: int, **values: str) -> list[dict[str, str]]:
    """Return lines of a number of matches between invented teams, one per day."""
    return [
        line(
            Date=f"{1 + number % 28:02}/{1 + number // 28 % 12:02}/{2000 + number // 336}",
            HomeTeam=f"Home {number}",
            AwayTeam=f"Away {number}",
            **values,
        )
        for number in range(matches)
    ]
