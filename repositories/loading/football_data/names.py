"""What football-data.co.uk calls things, and what Mon_PS calls them (``names.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

FILE: Final = "repositories/loading/football_data/names.toml"
"""Where the names stand, for those who add one."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of Mon_PS by those of the files.

    Attributes:
        teams: Teams by their name in the files.
        bookmakers: Bookmakers by the prefix of their columns.
        aggregates: Prefixes of columns that sum up bookmakers.
        leagues: Leagues by the code in column ``Div``.
    """

    teams: Mapping[str, str]
    bookmakers: Mapping[str, str]
    aggregates: tuple[str, ...]
    leagues: Mapping[str, str]


@cache
def known() -> Names:
    """Read the names that the project knows."""
    content = tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))
    return Names(
        teams={name: name for name in content["same_teams"]} | content["teams"],
        bookmakers=content["bookmakers"],
        aggregates=tuple(content["aggregates"]),
        leagues=content["leagues"],
    )
