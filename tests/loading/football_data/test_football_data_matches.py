"""Lines of season files: the kick-off in UTC, the teams, and refused lines."""

from datetime import UTC, datetime

import pytest

from core.errors import LoadError
from loading.football_data import matches, names
from loading.football_data.account import Unknown
from loading.football_data.matches import Match
from loading.jsonl import Record
from tests.support.season_files import line


def read(**values: str) -> Match:
    return matches.read(Record("E0.csv", 7, line(**values)), names.known())


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        ("29/11/2025", "15:00", datetime(2025, 11, 29, 15, tzinfo=UTC)),
        ("01/08/2025", "20:00", datetime(2025, 8, 1, 19, tzinfo=UTC)),
        ("1/8/25", "9:05", datetime(2025, 8, 1, 8, 5, tzinfo=UTC)),
        ("14/08/93", "", datetime(1993, 8, 14, 11, tzinfo=UTC)),
        ("29/03/2025", "12:30", datetime(2025, 3, 29, 12, 30, tzinfo=UTC)),
        ("30/03/2025", "12:30", datetime(2025, 3, 30, 11, 30, tzinfo=UTC)),
        ("25/10/2025", "15:00", datetime(2025, 10, 25, 14, tzinfo=UTC)),
        ("26/10/2025", "15:00", datetime(2025, 10, 26, 15, tzinfo=UTC)),
        ("26/10/2025", "01:30", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
        ("01/06/2025", "00:15", datetime(2025, 5, 31, 23, 15, tzinfo=UTC)),
        ("29/02/2024", "23:59", datetime(2024, 2, 29, 23, 59, tzinfo=UTC)),
    ],
)
def test_days_come_first_and_times_are_those_of_the_uk(
    day: str, time: str, expected: datetime
) -> None:
    assert read(Date=day, Time=time).commence_time == expected


@pytest.mark.parametrize("day", ["01/01/2025", "01/07/2025"])
def test_without_a_time_the_day_is_right_in_utc(day: str) -> None:
    match = read(Date=day, Time="")
    assert not match.has_time
    assert match.commence_time.day == 1


def test_a_file_may_have_no_column_for_the_time() -> None:
    values = line()
    del values["Time"]
    assert not matches.read(Record("E0.csv", 7, values), names.known()).has_time


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        # A match on Saturday has prices of Friday.
        ("29/11/2025", "15:00", datetime(2025, 11, 28, 12, tzinfo=UTC)),
        # A match on Monday has prices of Friday.
        ("01/12/2025", "20:00", datetime(2025, 11, 28, 12, tzinfo=UTC)),
        # A match on Tuesday has prices of the same day.
        ("02/12/2025", "20:00", datetime(2025, 12, 2, 12, tzinfo=UTC)),
        # A match on Thursday has prices of Tuesday.
        ("04/12/2025", "20:00", datetime(2025, 12, 2, 12, tzinfo=UTC)),
        # In summer, the UK is one hour ahead of UTC.
        ("16/08/2025", "15:00", datetime(2025, 8, 15, 11, tzinfo=UTC)),
        # A price is never collected after the kick-off.
        ("26/12/2025", "11:00", datetime(2025, 12, 26, 11, tzinfo=UTC)),
    ],
)
def test_opening_prices_are_collected_on_friday_or_tuesday(
    day: str, time: str, expected: datetime
) -> None:
    assert read(Date=day, Time=time).opening_time == expected


def test_teams_and_leagues_get_the_names_of_mon_ps() -> None:
    match = read()
    assert (match.home_team, match.away_team) == ("Manchester United", "Fulham")
    assert (match.league, match.unknown) == ("Premier League", ())


def test_unknown_names_are_kept_and_said() -> None:
    match = read(Div="X9", HomeTeam="Nobody")
    assert (match.league, match.home_team) == ("X9", "Nobody")
    assert match.unknown == (Unknown("leagues", "X9"), Unknown("teams", "Nobody", "X9"))


def test_a_match_of_an_extra_league_is_named_by_country_and_league() -> None:
    values = {**line(Country="Brazil", League="Serie A"), "Div": ""}
    del values["Div"]
    match = matches.read(Record("BRA.csv", 7, values), names.known())
    assert match.league == "Brazil Serie A"
    assert match.match_id == "football-data:Brazil Serie A:2025-11-29:Man United:Fulham"
    assert match.unknown == ()


def test_the_id_of_a_match_is_made_of_what_the_file_says() -> None:
    """The names of Mon_PS are not part of it: a name that is added later must not change the id."""
    assert read().match_id == "football-data:E0:2025-11-29:Man United:Fulham"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"Date": "2025-13-29"}, "has a Date that is not in the calendar"),
        ({"Date": "11/29/2025"}, "has a Date that is not in the calendar"),
        ({"Date": "31/02/2025"}, "has a Date that is not in the calendar"),
        ({"Date": "29/11/202"}, "has a Date that is not dd/mm/yyyy"),
        ({"Date": "٢٩/11/2025"}, "has a Date that is not dd/mm/yyyy"),
        ({"Date": ""}, "has a Date that is not dd/mm/yyyy"),
        ({"Date": "01/01/0001"}, "has a Date that is not in the calendar"),
        ({"Date": "01/01/9999"}, "has a Date that is not in the calendar"),
        ({"Date": "01/01/0000"}, "has a Date that is not in the calendar"),
        ({"Time": "25:00"}, "has a Time that is not hh:mm"),
        ({"Time": "8pm"}, "has a Time that is not hh:mm"),
        ({"Time": "15:00:00"}, "has a Time that is not hh:mm"),
        ({"Date": "30/03/2025", "Time": "01:30"}, "does not exist on that day"),
        ({"Div": ""}, "has no Div"),
        ({"HomeTeam": ""}, "has no HomeTeam"),
        ({"AwayTeam": ""}, "has no AwayTeam"),
        ({"AwayTeam": "Man United"}, "names the same team twice"),
        ({"AwayTeam": "MAN united"}, "names the same team twice"),
        ({"AwayTeam": "x" * 101}, "is longer than 100 characters"),
        ({"AwayTeam": "x" * 70}, "match_id is longer than 100 characters"),
        ({"AwayTeam": "a\0b"}, "holds a character that PostgreSQL cannot store"),
        ({"AwayTeam": b"Alav\xe9s".decode("utf-8", "surrogateescape")}, "neither UTF-8 nor"),
    ],
    ids=str,
)
def test_a_line_that_is_no_match_is_refused(values: dict[str, str], reason: str) -> None:
    with pytest.raises(LoadError) as caught:
        read(**values)
    assert reason in caught.value.message
    assert (caught.value.file, caught.value.line) == ("E0.csv", 7)
    assert caught.value.remedy


def test_bytes_that_are_not_utf_8_matter_only_where_they_are_used() -> None:
    assert read(Referee=b"J\xe9r\xf4me".decode("utf-8", "surrogateescape")) == read()
