"""Notes about the season files that were read."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.errors import LoadError

LISTED: Final = 1_000
"""The number of refusals that are kept for a list; further ones are only counted."""


@dataclass(frozen=True, slots=True, order=True)
class Unknown:
    """A name in the files that Mon_PS does not know.

    Attributes:
        table: The table of ``names.toml`` for such names: teams, leagues or bookmakers.
        name: The name in the files.
        league: The league of a team, by its name in the files; blank for leagues and bookmakers.
    """

    table: str
    name: str
    league: str = ""


@dataclass
class Account:
    """Notes about the files that were read.

    Attributes:
        files: The number of season files that were read.
        matches: The number of matches that were read.
        without_time: The number of these matches whose file has no time of kick-off.
        refused: The first ``LISTED`` refusals: file, line and reason.
        refused_count: The number of all refusals.
        passed_over: Files in a folder that are not season files.
        without_prices: Season files in a folder that have no column with prices.
        either_order: Files whose dates are valid with the day first and with the month first.
        unread: Columns of unknown meaning, with the number of files that have each.
        unknown: Names that Mon_PS has no name for, with the number of matches.
        withdrawn: The number of stored prices that are no longer in the file of their match.
    """

    files: int = 0
    matches: int = 0
    without_time: int = 0
    refused: list[LoadError] = field(default_factory=list)
    refused_count: int = 0
    passed_over: list[Path] = field(default_factory=list)
    without_prices: list[Path] = field(default_factory=list)
    either_order: list[Path] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    unknown: Counter[Unknown] = field(default_factory=Counter)
    withdrawn: int = 0

    def refuse(self, error: LoadError) -> None:
        """Record that a file or a line is refused."""
        self.refused_count += 1
        if len(self.refused) < LISTED:
            self.refused.append(error)
