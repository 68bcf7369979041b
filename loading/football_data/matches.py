"""Convert a line of a season file to the match that it describes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from core.errors import InvalidArgumentError
from loading.football_data import dates
from loading.football_data.account import Unknown
from loading.football_data.names import Names
from loading.jsonl import Record
from models import Odds
from repositories import values

NO_TIME: Final = time(12)
"""The time of kick-off where a file has none (before 2019-20): noon keeps the day in UTC."""

_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_COLLECTION_DAYS: Final = (1, 4)
_COLLECTION_TIME: Final = time(12)


@dataclass(frozen=True, slots=True)
class Match:
    """A match, with the names of Mon_PS.

    Attributes:
        match_id: The identifier: division, day and the teams' names in the file; so it is the same
            for each load of a line.
        commence_time: The time of kick-off.
        opening_time: The approximate time at which the opening prices were collected.
        has_time: Whether the file has a time of kick-off.
        unknown: The names in the file that Mon_PS has no name for.
    """

    match_id: str
    home_team: str
    away_team: str
    league: str
    commence_time: datetime
    opening_time: datetime
    has_time: bool
    unknown: tuple[Unknown, ...]

    def fields(self) -> dict[str, Any]:
        """The fields that all rows of odds of this match share."""
        return {
            "match_id": self.match_id,
            "home_team": self.home_team,
            "away_team": self.away_team,
            "league": self.league,
            "commence_time": self.commence_time,
        }


def read(record: Record, names: Names, order: dates.Order = dates.Order.DAY_FIRST) -> Match:
    """Read the match of a line.

    Args:
        record: The line.
        names: The names of leagues and teams in Mon_PS.
        order: The order of day and month in dates.

    Raises:
        LoadError: The line is not a match, or does not fit the table.
    """
    division, home, away = _division(record), _name(record, "HomeTeam"), _name(record, "AwayTeam")
    if home.casefold() == away.casefold():
        record.refuse("names the same team twice")
    day = _day(record, order)
    kick_off = _time(record)
    commence_time = _from_uk(record, day, NO_TIME if kick_off is None else kick_off)
    match = Match(
        match_id=f"football-data:{division}:{day.isoformat()}:{home}:{away}",
        home_team=names.teams.get(home, home),
        away_team=names.teams.get(away, away),
        league=names.leagues.get(division, division),
        commence_time=commence_time,
        opening_time=min(_collected(day), commence_time),
        has_time=kick_off is not None,
        unknown=tuple(_unknown(record, names, division, (home, away))),
    )
    for field, value in match.fields().items():
        try:
            values.check_value(values.model_column(Odds, field), value)
        except InvalidArgumentError as error:
            record.refuse(error.message)
    return match


def _division(record: Record) -> str:
    """Return the code of the league; in files of the extra leagues, its country and its name."""
    if "Div" in record.values:
        return _name(record, "Div")
    return f"{_name(record, 'Country')} {_name(record, 'League')}"


def _unknown(
    record: Record, names: Names, division: str, teams: tuple[str, str]
) -> Iterator[Unknown]:
    # An extra league is not looked up in names.toml, because its files contain its full name.
    if "Div" in record.values and division not in names.leagues:
        yield Unknown("leagues", division)
    for team in teams:
        if team not in names.teams:
            yield Unknown("teams", team, division)


def _name(record: Record, field: str) -> str:
    value: str = record.values[field]
    if not value:
        record.refuse(f"has no {field}")
    if any("\udc80" <= character <= "\udcff" for character in value):
        record.refuse(f"has a {field} that is neither UTF-8 nor Windows-1252 text")
    return value


def _day(record: Record, order: dates.Order) -> date:
    try:
        return dates.read(record.values["Date"], order)
    except dates.NotADateError as error:
        record.refuse(f"has a Date that {error}")


def _time(record: Record) -> time | None:
    text = record.values.get("Time", "")
    if not text:
        return None
    found = _TIME.fullmatch(text)
    try:
        return time(int(found[1]), int(found[2])) if found else record.refuse(_NOT_A_TIME)
    except ValueError:
        record.refuse(_NOT_A_TIME)


_NOT_A_TIME: Final = "has a Time that is not hh:mm"


def _from_uk(record: Record, day: date, at: time) -> datetime:
    """Convert UK local time to UTC; a time that occurs twice in autumn means the first one."""
    moment = datetime.combine(day, at, _uk()).astimezone(UTC)
    if moment.astimezone(_uk()).time() != at:
        record.refuse(
            "has a Time that does not exist on that day in the UK (the clocks go forward)"
        )
    return moment


def _collected(day: date) -> datetime:
    """Return the time at which opening prices were collected: Friday or Tuesday afternoon."""
    back = min((day.weekday() - weekday) % 7 for weekday in _COLLECTION_DAYS)
    return datetime.combine(day - timedelta(days=back), _COLLECTION_TIME, _uk()).astimezone(UTC)


@cache
def _uk() -> ZoneInfo:
    return ZoneInfo("Europe/London")
