"""Queries for teams: by name, by league, by profit."""

import pytest

from core.errors import AmbiguousNameError, InvalidArgumentError
from schemaproof.scratch.embedded.server import LocalServer
from tests.support import repository_rows
from tests.support.repository_rows import Store, team


@pytest.fixture
def teams(store: Store) -> Store:
    names = ("Milan", "AC Milan", "Inter Milan", "Lazio", "Östersunds", "İstanbul", "Straße")
    store.add(*(team(name) for name in names))
    store.add(team("100%"), team("under_score"), team("back\\slash"), team("/slash"))
    return store


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Milan", "Milan"),  # An exact name is found, although it is a part of others.
        ("AC Milan", "AC Milan"),
        ("lazio", "Lazio"),
        ("AZI", "Lazio"),
        ("inter", "Inter Milan"),
        ("öSTERS", "Östersunds"),
        ("ÖSTERSUNDS", "Östersunds"),
        ("STRASSE", "Straße"),
        ("İSTANBUL", "İstanbul"),
        ("%", "100%"),
        ("_", "under_score"),
        ("\\", "back\\slash"),
        ("k\\s", "back\\slash"),
    ],
)
def test_a_name_is_found_exactly_else_as_the_only_partial_match(
    teams: Store, asked: str, found: str
) -> None:
    with teams.unit_of_work() as uow:
        row = uow.teams.get_by_name(asked)
        assert row is not None
        assert row.team_name == found


@pytest.mark.parametrize("asked", ["Roma", "M_lan", "Mi%an", "%%", "La_io", "Lazio ", "\\\\", ".*"])
def test_what_no_name_contains_is_not_found(teams: Store, asked: str) -> None:
    with teams.unit_of_work() as uow:
        assert uow.teams.get_by_name(asked) is None


def test_several_matches_are_an_error_that_lists_them_sorted(teams: Store) -> None:
    with teams.unit_of_work() as uow, pytest.raises(AmbiguousNameError) as caught:
        uow.teams.get_by_name("milan")
    assert caught.value.candidates == ("AC Milan", "Inter Milan", "Milan")
    assert "AC Milan, Inter Milan, Milan" in str(caught.value)


def test_two_matches_are_as_ambiguous_as_many(teams: Store) -> None:
    with teams.unit_of_work() as uow, pytest.raises(AmbiguousNameError) as caught:
        uow.teams.get_by_name("SLASH")
    assert caught.value.candidates == ("/slash", "back\\slash")


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_a_blank_name_is_refused_because_every_name_contains_it(store: Store, blank: str) -> None:
    store.add(team("The Only"))
    with store.unit_of_work() as uow, pytest.raises(InvalidArgumentError, match="blank"):
        uow.teams.get_by_name(blank)


def test_any_locale_knows_the_other_case(any_server: LocalServer) -> None:
    with repository_rows.open_store(any_server) as opened:
        opened.add(team("Évian"), team("Lazio"))
        with opened.unit_of_work() as uow:
            row = uow.teams.get_by_name("éVIAN")
            assert row is not None
            assert row.team_name == "Évian"


def test_a_league_has_its_teams_by_name(store: Store) -> None:
    store.add(team("B", league="L"), team("C", league="M"), team("A", league="L"))
    with store.unit_of_work() as uow:
        assert [row.team_name for row in uow.teams.get_by_league("L")] == ["A", "B"]
        assert uow.teams.get_by_league("l") == []


def test_top_performers_leave_out_who_has_no_profit(store: Store) -> None:
    store.add(
        team("tie", team_id=5, total_pnl=3.0),
        team("third tie", team_id=6, total_pnl=3.0),
        team("first", team_id=4, total_pnl=9.5),
        team("none", team_id=1, total_pnl=None),
        team("other tie", team_id=3, total_pnl=3.0),
        team("loss", team_id=2, total_pnl=-1.0),
    )
    with store.unit_of_work() as uow:
        assert [row.team_id for row in uow.teams.get_top_performers()] == [4, 3, 5, 6, 2]
        assert [row.team_id for row in uow.teams.get_top_performers(limit=2)] == [4, 3]


def test_top_performers_are_ten_when_nothing_is_said(store: Store) -> None:
    store.add(*(team(f"T{number}", total_pnl=float(number)) for number in range(11)))
    with store.unit_of_work() as uow:
        assert len(uow.teams.get_top_performers()) == 10
