"""The names of football-data.co.uk and those of Mon_PS for the same things (``names.toml``)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from core.errors import ConfigurationError

FILE: Final = "loading/football_data/names.toml"
"""The file of the names, as messages call it."""

_TABLES: Final = ("teams", "leagues", "bookmakers")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of Mon_PS by the names in the files.

    Attributes:
        teams: Teams by their name in the files.
        bookmakers: Bookmakers by the prefix of their columns.
        aggregates: Prefixes of columns with an average or maximum over bookmakers.
        leagues: Leagues by the code in column ``Div``.
    """

    teams: Mapping[str, str]
    bookmakers: Mapping[str, str]
    aggregates: tuple[str, ...]
    leagues: Mapping[str, str]

    def bookmaker_key(self, bookmaker: str) -> str:
        """Return the prefix that identifies a bookmaker; its columns may have other prefixes."""
        return next(prefix for prefix, name in self.bookmakers.items() if name == bookmaker)


@cache
def known() -> Names:
    """Read the ``names.toml`` of the package."""
    content = tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))
    return Names(
        teams={name: name for name in content["same_teams"]} | content["teams"],
        bookmakers=content["bookmakers"],
        aggregates=tuple(content["aggregates"]),
        leagues=content["leagues"],
    )


def with_more(names: Names, path: Path) -> Names:
    """Add the names of a TOML file with the tables ``teams``, ``leagues`` and ``bookmakers``.

    A blank name is not filled in yet, and is ignored.

    Raises:
        ConfigurationError: The file cannot be read, or has other content.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error.strerror})", remedy="give a readable file"
        ) from error
    except ValueError as error:  # The file is not UTF-8, or not TOML.
        raise ConfigurationError(
            f"{path} is not TOML: {error}", remedy="correct the line"
        ) from error
    _check(path, content)
    given = {
        table: {key: name for key, name in content.get(table, {}).items() if name}
        for table in _TABLES
    }
    return replace(
        names,
        teams={**names.teams, **given["teams"]},
        leagues={**names.leagues, **given["leagues"]},
        bookmakers={**names.bookmakers, **given["bookmakers"]},
    )


def _check(path: Path, content: Mapping[str, Any]) -> None:
    for table, entries in content.items():
        if table not in _TABLES or not isinstance(entries, dict):
            raise ConfigurationError(
                f"{path} holds {table!r}", remedy=f"use only the tables {', '.join(_TABLES)}"
            )
        for key, name in entries.items():
            if not isinstance(name, str):
                raise ConfigurationError(
                    f"{path}: the name of {key!r} in {table} is not text", remedy="put it in quotes"
                )
