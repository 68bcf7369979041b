"""Run ``monps-db load odds`` as users do."""

import tomllib
from pathlib import Path

import pytest

from schemaproof_testing.project import Outcome, Programs
from tests.support.loading_odds import versions
from tests.support.repository_rows import Store, store_programs
from tests.support.season_files import ROWS, line, write

pytestmark = pytest.mark.slow
REFUSED = "monps-db: 1 refused, the rest is loaded: correct what is listed above, and load again\n"


@pytest.fixture
def programs(store: Store, tmp_path: Path) -> Programs:
    return store_programs(store, tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def load(programs: Programs, *arguments: str) -> Outcome:
    return programs.monps_db("load", "odds", *arguments)


def test_it_says_what_it_did_and_the_second_time_does_nothing(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(), line(Date="30/11/2025"))
    first = load(programs, "data/E0.csv")
    assert (first.code, first.err) == (0, "")
    assert first.out == (
        f"files: 1, matches: 2\nodds: {2 * ROWS} created, 0 updated, 0 unchanged\n"
    )
    before = versions(store)
    second = load(programs, "data")
    assert second.out.endswith(f"odds: 0 created, 0 updated, {2 * ROWS} unchanged\n")
    assert versions(store) == before


def test_what_is_refused_is_listed_with_line_and_reason(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(), line(Date="31/02/2025"))
    outcome = load(programs, "data/E0.csv")
    assert outcome.code == 6
    assert outcome.err == (
        "data/E0.csv, line 3: has a Date that is not in the calendar:"
        " correct the line, and load again\n" + REFUSED
    )
    assert outcome.out.startswith("files: 1, matches: 1\n")
    assert store.count("odds") == ROWS


def test_strict_keeps_nothing_when_something_is_refused(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(), line(Date="x"))
    outcome = load(programs, "--strict", "data/E0.csv")
    assert (outcome.code, outcome.out) == (6, "")
    assert "1 refused, nothing is kept" in outcome.err
    assert store.count("odds") == 0


def test_names_without_a_name_in_mon_ps_are_listed(programs: Programs, data: Path) -> None:
    write(data / "E0.csv", line(HomeTeam="Nobody"), line(AwayTeam="No\x1bone"))
    outcome = load(programs, "data/E0.csv").succeeded()
    assert outcome.err == (
        "names kept as in the files: teams: 2, leagues: 0: team Nobody (E0),"
        " team No\\x1bone (E0)\n"
        "--unknown-names FILE writes a list of them to fill in\n"
    )


def test_unknown_names_are_written_to_be_filled_in_and_read_again(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "X9.csv", line(Div="X9", HomeTeam='No "one"', NEWH="2", NEWD="3", NEWA="4"))
    outcome = load(programs, "--unknown-names", "names.toml", "data").succeeded()
    assert "fill it in, and load with --names names.toml" in outcome.err
    stub = programs.folder / "names.toml"
    assert tomllib.loads(stub.read_text("utf-8")) == {
        "teams": {'No "one"': ""},
        "leagues": {"X9": ""},
        "bookmakers": {"NEW": ""},
    }
    assert load(programs, "--unknown-names", "names.toml", "data").code == 2
    filled = stub.read_text("utf-8").replace('"No \\"one\\"" = ""', '"No \\"one\\"" = "Someone"')
    stub.write_text(
        filled.replace('X9 = ""', 'X9 = "Some League"').replace('NEW = ""', 'NEW = "N"')
    )
    assert load(programs, "--names", "names.toml", "data").err == ""
    assert store.ask("SELECT DISTINCT home_team, league FROM odds") == [("Someone", "Some League")]
    assert store.ask("SELECT home_odds FROM odds WHERE bookmaker = 'N'") == [(2.0,)]


@pytest.mark.parametrize(
    "content", ["[teams\n", "[people]\na = 'b'\n", "teams = 1\n", "[teams]\na = 1\n", None]
)
def test_a_file_of_names_that_is_none_is_a_mistake_in_the_arguments(
    programs: Programs, data: Path, content: str | None
) -> None:
    write(data / "E0.csv", line())
    if content is not None:
        (programs.folder / "names.toml").write_text(content, "utf-8")
    outcome = load(programs, "--names", "names.toml", "data")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1


def test_month_first_dates_are_refused_with_the_option_that_reads_them(
    programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(Date="8/17/2024"))
    refused = load(programs, "data")
    assert refused.code == 6
    assert "has month-first dates (line 2: 8/17/2024): load it with --dates month-first" in (
        refused.err
    )
    read = load(programs, "--dates", "month-first", "data")
    assert (read.code, read.err) == (0, "")


def test_prices_that_a_file_does_not_hold_any_more_are_counted(
    programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line())
    load(programs, "data")
    write(data / "E0.csv", line(PSCH="", PSCD="", PSCA=""))
    outcome = load(programs, "data")
    assert outcome.out.endswith("prices no longer in the files: 1, kept unchanged\n")


def test_files_of_a_folder_that_are_no_season_are_passed_over(
    programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(Time=""))
    (data / "names.csv").write_text("a,b\n", "utf-8")
    outcome = load(programs, "data").succeeded()
    assert outcome.err == (
        "data/names.csv: passed over, because it has no header of a season file\n"
        "matches without a time of kick-off: 1, stored with 12:00 UK time\n"
    )
    named = load(programs, "data/names.csv")
    assert named.code == 6
    assert named.err.startswith("data/names.csv: has no header of a season file")


@pytest.mark.parametrize("arguments", [(), ("nowhere.csv",), ("empty",)])
def test_nothing_to_load_is_a_mistake_in_the_arguments(
    programs: Programs, arguments: tuple[str, ...]
) -> None:
    (programs.folder / "empty").mkdir()
    outcome = load(programs, *arguments)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
