"""Output that cannot be written, ``--debug`` at any position, no command, unknown revisions."""

import subprocess

import pytest

from schemaproof_testing.project import ACCEPT, Outcome, Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow


def run_in_shell(programs: Programs, arguments: str, redirection: str) -> Outcome:
    program = programs.command("monps-db")[0]
    done = subprocess.run(
        ["sh", "-c", f'"$0" {arguments} {redirection}', program],
        cwd=programs.folder,
        env=programs.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("arguments", ["check", "status", "--help"])
def test_an_output_that_was_never_open_is_one_line(programs: Programs, arguments: str) -> None:
    outcome = run_in_shell(programs, arguments, ">&-")
    assert outcome.code == 6
    assert outcome.err == "monps-db: the output was closed before it was complete\n"


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("arguments", ["check", "status", "--help"])
def test_a_full_disk_is_one_line(programs: Programs, arguments: str) -> None:
    outcome = run_in_shell(programs, arguments, ">/dev/full")
    assert outcome.code == 6
    assert outcome.err.startswith("monps-db: cannot read or write: No space left on device")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_the_exit_code_stands_where_the_message_cannot(
    programs: Programs, redirection: str
) -> None:
    assert run_in_shell(programs, "nonsense", redirection).code == 2


@pytest.mark.parametrize("arguments", [["--debug", "status"], ["status", "--debug"]], ids=" ".join)
def test_debug_may_stand_anywhere(programs: Programs, arguments: list[str]) -> None:
    outcome = programs.monps_db(*arguments, DB_HOST="/nowhere")
    assert outcome.code == 6
    assert "Traceback" in outcome.err
    assert "no server at /nowhere" in outcome.err


@pytest.mark.parametrize("arguments", [[], ["server"]], ids=["monps-db", "monps-db server"])
def test_without_a_command_the_help_is_shown(programs: Programs, arguments: list[str]) -> None:
    outcome = programs.monps_db(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: ")


def set_versions(database: Database, *versions: str) -> None:
    database.execute("DELETE FROM public.alembic_version")
    for version in versions:
        database.execute("INSERT INTO public.alembic_version VALUES (%s)", [version])


@pytest.mark.parametrize(
    ("versions", "pending"),
    [
        (["stranger"], "unknown"),
        (["abbc4f65c12b", "c1f6a83d9b05"], "5b27e9c4f8a1, e7d04b6a52c9, 771a423699c2"),
        (["c1f6a83d9b05"], "5b27e9c4f8a1, e7d04b6a52c9, 771a423699c2"),
    ],
    ids=["unknown", "two rows", "one row"],
)
def test_status_says_what_is_pending_only_as_far_as_it_is_known(
    migrated: Database, programs: Programs, versions: list[str], pending: str
) -> None:
    set_versions(migrated, *versions)
    outcome = programs.monps_db("status").succeeded()
    assert f"pending:   {pending}\n" in outcome.out


@pytest.mark.parametrize("step", [["downgrade", "-1"], ["downgrade", "base"]], ids=" ".join)
def test_two_rows_of_one_line_are_refused_before_everything_is_undone(
    migrated: Database, programs: Programs, step: list[str]
) -> None:
    set_versions(migrated, "abbc4f65c12b", "771a423699c2")
    allowed = ("-x", "allow=tampering", "-x", "reason=to see what happens")
    outcome = programs.alembic(*ACCEPT, *allowed, *step)
    assert outcome.code != 0
    assert "nothing was changed: keep the correct row only: alembic stamp --purge" in outcome.out
    assert programs.alembic("stamp", "--purge", "head").code == 0
    assert programs.monps_db("check").code == 0
