"""Headers of season files: their position, their separator, and their layout."""

from typing import Final

import pytest

from loading.football_data import columns, layout, names
from loading.football_data.layout import EXTRA, MAIN, SEPARATORS, Head
from tests.support.season_files import line

KNOWN: Final = names.known()
COLUMNS: Final = tuple(line())
EXTRA_COLUMNS: Final = ("Country", "League", "Season", "Date", "Time", "Home", "Away", "PH")


def find(*lines: str) -> tuple[int, Head]:
    found = layout.find(lines, KNOWN)
    assert found is not None
    return found


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("above", [(), ("sep=;",), ("A title, of several; words", "")])
@pytest.mark.parametrize("change", [str, str.lower, str.upper])
def test_a_header_is_found_whatever_separates_it_and_stands_above_it(
    separator: str, above: tuple[str, ...], change: type[str]
) -> None:
    place, head = find(*above, change(separator.join(COLUMNS)), separator.join(["x"] * 60))
    assert (place, head.separator, head.layout) == (len(above), separator, MAIN)
    assert head.missing == ()
    expected = [name for name in COLUMNS if name != "Referee"]
    assert [name for name in head.columns if name.lower() != "referee"] == expected


def test_no_two_known_columns_differ_in_their_case_only() -> None:
    known = columns.known(KNOWN)
    assert len({name.lower() for name in known}) == len(known)


@pytest.mark.parametrize("home", ["HT", "ht", "HomeTeam"])
def test_old_files_have_short_names_of_the_teams(home: str) -> None:
    _, head = find(f"Div,Date,{home},AT,PSH")
    assert head.columns == ("Div", "Date", "HomeTeam", "AwayTeam", "PSH")


def test_a_file_of_the_extra_leagues_is_known_by_its_columns() -> None:
    _, head = find(",".join(EXTRA_COLUMNS))
    assert (head.layout, head.missing) == (EXTRA, ())
    assert head.columns[5:7] == ("HomeTeam", "AwayTeam")


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("Div,Date,HomeTeam,PSH", ("AwayTeam",)),
        ("Date,HomeTeam,AwayTeam,PSH", ("Div",)),
        ("Country,Date,Home,Away,PH", ("League",)),
    ],
)
def test_what_a_layout_lacks_is_named(header: str, missing: tuple[str, ...]) -> None:
    _, head = find(header)
    assert head.missing == missing


@pytest.mark.parametrize("header", ["", "a,b", "team_id,team_name", "Date,PSH", '"Div,Date'])
def test_a_line_that_names_no_two_columns_is_no_header(header: str) -> None:
    assert layout.find([header], KNOWN) is None
