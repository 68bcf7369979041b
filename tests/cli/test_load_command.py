"""Run ``monps-db load quantum-adn`` as users do."""

import json
import signal
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from schemaproof_testing.project import ROOT, Programs
from tests.support.quantum_files import (
    FRICTION,
    STRATEGIES,
    TEAMS,
    Files,
    counts,
    strategy_line,
    versions,
)
from tests.support.repository_rows import Store, store_programs

pytestmark = pytest.mark.slow


DONE = """\
team_quantum_dna: 3 created, 0 updated, 0 unchanged
quantum_strategies: 3 created, 0 updated, 0 unchanged
quantum_friction_matrix: 3 created, 0 updated, 0 unchanged
"""


@pytest.fixture
def programs(store: Store, tmp_path: Path) -> Programs:
    return store_programs(store, tmp_path)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "data").mkdir()
    return Files(tmp_path / "data")


def test_it_says_what_it_did_and_the_second_time_does_nothing(
    store: Store, programs: Programs, files: Files
) -> None:
    first = programs.monps_db("load", "quantum-adn", "data")
    assert (first.code, first.out, first.err) == (0, DONE, "")
    before = versions(store)
    files.change(TEAMS, 1, tier="ELITE")
    second = programs.monps_db("load", "quantum-adn", "data")
    assert second.out.splitlines()[0] == "team_quantum_dna: 0 created, 1 updated, 2 unchanged"
    assert len(set(versions(store)) - set(before)) == 1
    assert programs.monps_db("check").code == 0


def test_a_bad_line_is_one_line_for_the_reader_and_exit_code_6(
    store: Store, programs: Programs, files: Files
) -> None:
    files.change(FRICTION, 3, team_home_id=4242)
    outcome = programs.monps_db("load", "quantum-adn", "data")
    assert outcome.code == 6
    assert outcome.out == ""
    assert outcome.err.startswith(f"monps-db: {FRICTION}.jsonl, line 3: ")
    assert outcome.err.count("\n") == 1
    assert counts(store) == [0, 0, 0]


def test_a_file_that_fails_when_it_is_read_is_no_crash(programs: Programs, files: Files) -> None:
    files.path(TEAMS).unlink()
    files.path(TEAMS).symlink_to("/proc/self/mem")
    outcome = programs.monps_db("load", "quantum-adn", "data")
    assert outcome.code == 6
    assert outcome.err.startswith(f"monps-db: {TEAMS}.jsonl: cannot be read")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("folder", ["nowhere", "data/quantum_strategies.jsonl", ""])
def test_what_is_no_folder_is_a_mistake_in_the_arguments(programs: Programs, folder: str) -> None:
    outcome = programs.monps_db("load", "quantum-adn", folder)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1


@pytest.mark.usefixtures("files")
def test_a_database_that_is_not_migrated_is_said(store: Store, programs: Programs) -> None:
    store.ask("DROP SCHEMA quantum CASCADE")
    outcome = programs.monps_db("load", "quantum-adn", "data")
    assert outcome.code == 6
    assert "alembic upgrade head" in outcome.err
    assert outcome.err.count("\n") == 1


def start(programs: Programs) -> subprocess.Popen[str]:
    return programs.start("monps-db", "load", "quantum-adn", "data", DB_LOCK_TIMEOUT="60s")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_load_keeps_nothing(
    store: Store, programs: Programs, number: signal.Signals
) -> None:
    with closing(store.database.connect()) as connection, connection.cursor() as cursor:
        # At this table, the teams are already written.
        cursor.execute("LOCK TABLE quantum.quantum_strategies")
        process = start(programs)
        store.until_blocked()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "monps-db: interrupted\n")
    assert counts(store) == [0, 0, 0]


@pytest.mark.usefixtures("files")
def test_of_two_loads_at_once_the_second_finds_the_rows_of_the_first(
    store: Store, programs: Programs
) -> None:
    with closing(store.database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE quantum.quantum_strategies IN SHARE MODE")
        first = start(programs)
        store.until_blocked()
        second = start(programs)
        store.until_blocked(sessions=2)
        connection.rollback()
        outputs = [process.communicate(timeout=60) for process in (first, second)]
    assert outputs[0] == (DONE, "")
    assert outputs[1] == (DONE.replace("3 created", "0 created").replace("0 unch", "3 unch"), "")
    assert counts(store) == [3, 3, 3]


@pytest.mark.usefixtures("files")
def test_a_terminal_sees_a_bar_that_fills(programs: Programs) -> None:
    outcome = programs.on_terminal("monps-db", "load", "quantum-adn", "data")
    assert (outcome.code, outcome.out) == (0, DONE)
    assert "loading" in outcome.err
    assert "100%" in outcome.err


def test_a_terminal_sees_the_reason_below_the_bar(programs: Programs, files: Files) -> None:
    files.change(STRATEGIES, 1, roi="x")
    outcome = programs.on_terminal("monps-db", "load", "quantum-adn", "data")
    assert outcome.code == 6
    last = outcome.err.replace("\r\n", "\n").rstrip().splitlines()[-1]
    assert last.startswith(f"monps-db: {STRATEGIES}.jsonl, line 1: ")


REAL = ROOT.parent / "shared" / "data" / "quantum_adn"
real = pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not on this machine")


@real
def test_the_real_files_once_and_twice(store: Store, programs: Programs) -> None:
    numbers = (99, 351, 3403)
    first = programs.monps_db("load", "quantum-adn", str(REAL)).succeeded()
    assert [int(line.split()[1]) for line in first.out.splitlines()] == list(numbers)
    assert counts(store) == list(numbers)
    before = versions(store)
    second = programs.monps_db("load", "quantum-adn", str(REAL))
    assert [line.split(": ")[1] for line in second.out.splitlines()] == [
        f"0 created, 0 updated, {number} unchanged" for number in numbers
    ]
    assert versions(store) == before
    check = programs.monps_db("check")
    assert (check.code, check.out.split(":")[0]) == (0, "in sync")


@real
def test_the_real_ids_are_kept_and_new_ones_are_above(store: Store, programs: Programs) -> None:
    programs.monps_db("load", "quantum-adn", str(REAL))
    for table, key in (
        (TEAMS, "team_id"),
        (STRATEGIES, "strategy_id"),
        (FRICTION, "friction_id"),
    ):
        lines = (REAL / f"{table}.jsonl").read_text("utf-8").splitlines()
        ids = sorted(json.loads(line)[key] for line in lines)
        assert [id_ for (id_,) in store.ask(f"SELECT {key} FROM quantum.{table} ORDER BY 1")] == ids
        name = store.ask("SELECT pg_get_serial_sequence(%s, %s)", f"quantum.{table}", key)[0][0]
        assert store.ask("SELECT nextval(%s)", name)[0][0] > ids[-1]


def test_a_line_for_a_row_that_was_changed_by_hand_brings_it_back(
    store: Store, programs: Programs, files: Files
) -> None:
    files.lines[STRATEGIES] = [strategy_line(number, roi=number) for number in (4, 8, 2)]
    files.write()
    programs.monps_db("load", "quantum-adn", "data")
    store.ask("UPDATE quantum.quantum_strategies SET roi = 0 WHERE strategy_id = 8")
    outcome = programs.monps_db("load", "quantum-adn", "data")
    assert "quantum_strategies: 0 created, 1 updated, 2 unchanged" in outcome.out
    assert store.ask("SELECT roi FROM quantum.quantum_strategies ORDER BY 1") == [(2,), (4,), (8,)]
