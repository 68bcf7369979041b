"""A line of a season file → the match that it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from core.errors import InvalidArgumentError
from models import Odds
from repositories import values
from repositories.loading.football_data.names import Names
from repositories.loading.jsonl import Record

NO_TIME: Final = time(12)
"""Kick-off where a file has none (before 2019-20): noon, so that the day is right in UTC."""

_DATE: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})", re.ASCII)
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_FIRST_CENTURY: Final = 93
"""The first season of two-digit years is 1993-94."""
_YEARS: Final = range(1888, 3000)
"""There is no season before; the year 0 is in no calendar."""
_COLLECTION_DAYS: Final = (1, 4)
_COLLECTION_TIME: Final = time(12)


@dataclass(frozen=True, slots=True)
class Match:
    """A match, in the terms of Mon_PS.

    Attributes:
        match_id: Always the same for the same line: division, day and the names of the file.
        commence_time: Kick-off.
        opening_time: About when its opening prices were collected.
        has_time: Whether the file has a time of kick-off.
        unknown: Names of the file that Mon_PS has no name for, in words.
    """

    match_id: str
    home_team: str
    away_team: str
    league: str
    commence_time: datetime
    opening_time: datetime
    has_time: bool
    unknown: tuple[str, ...]

    def fields(self) -> dict[str, Any]:
        """The fields that all rows of odds of this match share."""
        return {
            "match_id": self.match_id,
            "home_team": self.home_team,
            "away_team": self.away_team,
            "league": self.league,
            "commence_time": self.commence_time,
        }


def read(record: Record, names: Names) -> Match:
    """Read the match of a line.

    Raises:
        LoadError: The line says no match, or one that fits no row.
    """
    division, home, away = (_name(record, field) for field in ("Div", "HomeTeam", "AwayTeam"))
    if home == away:
        record.refuse("has one team twice")
    day = _day(record)
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
        unknown=(
            *(f"league {division}" for _ in (division,) if division not in names.leagues),
            *(f"team {team} ({division})" for team in (home, away) if team not in names.teams),
        ),
    )
    for field, value in match.fields().items():
        try:
            values.check_value(values.column_of(Odds, field), value)
        except InvalidArgumentError as error:
            record.refuse(error.message)
    return match


def _name(record: Record, field: str) -> str:
    value: str = record.values[field]
    if not value:
        record.refuse(f"has no {field}")
    if any("\udc80" <= character <= "\udcff" for character in value):
        record.refuse(f"has a {field} that is not UTF-8 text")
    return value


def _day(record: Record) -> date:
    """Read the date: the day stands first, and old files have two digits for the year."""
    found = _DATE.fullmatch(record.values["Date"])
    if found is None:
        record.refuse("has a Date that is not dd/mm/yyyy")
    day, month, year = (int(part) for part in found.groups())
    if len(found[3]) == 2:  # noqa: PLR2004 - as above
        year += 1900 if year >= _FIRST_CENTURY else 2000
    try:
        return date(year if year in _YEARS else 0, month, day)
    except ValueError:
        record.refuse("has a Date that is not in the calendar")


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
    """Take a UK local time to UTC; of a time that comes twice in autumn, the first is meant."""
    moment = datetime.combine(day, at, _uk()).astimezone(UTC)
    if moment.astimezone(_uk()).time() != at:
        record.refuse("has a Time that the clocks leave out on that day in the UK")
    return moment


def _collected(day: date) -> datetime:
    """When opening prices were collected: Friday or Tuesday afternoon, say the site's notes."""
    back = min((day.weekday() - weekday) % 7 for weekday in _COLLECTION_DAYS)
    return datetime.combine(day - timedelta(days=back), _COLLECTION_TIME, _uk()).astimezone(UTC)


@cache
def _uk() -> ZoneInfo:
    return ZoneInfo("Europe/London")
