"""Errors of the commands that read the schema: one clear line, and the exit code."""

import signal
from contextlib import closing
from typing import Final

import pytest

from schemaproof_testing.migrators import wait_until_blocked
from schemaproof_testing.project import Outcome, Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

OF_REVISIONS: Final = ("blame odds.line", "log public.odds", "history --graph")
OF_A_DATABASE: Final = ("diff head live", "diagram live", "docs live --output pages", "history")
WRONG: Final = {
    "server down": ({"DB_HOST": "127.0.0.1", "DB_PORT": "1"}, "no server at 127.0.0.1, port 1"),
    "wrong password": ({"DB_PASSWORD": "not-this-one"}, "password authentication failed"),
    "absent database": ({"DB_NAME": "nowhere"}, 'database "nowhere" does not exist'),
}
wrong = pytest.mark.parametrize(("environ", "told"), WRONG.values(), ids=WRONG)


def assert_one_line(outcome: Outcome, code: int, told: str) -> None:
    assert (outcome.code, outcome.err.count("\n")) == (code, 1), outcome.err
    assert outcome.err.startswith("monps-db: ")
    assert told in outcome.err
    assert "not-this-one" not in outcome.text


@wrong
@pytest.mark.parametrize("command", OF_A_DATABASE)
def test_without_the_database_there_is_a_line_with_what_to_do(
    programs: Programs, command: str, environ: dict[str, str], told: str
) -> None:
    outcome = programs.monps_db(*command.split(), **environ)
    assert_one_line(outcome, 6, told)
    assert outcome.out == ""
    assert ": start it" in outcome.err or ": check " in outcome.err or ": create " in outcome.err
    assert not (programs.folder / "pages").exists()


@wrong
@pytest.mark.parametrize("command", OF_REVISIONS)
def test_what_only_wants_to_know_who_applied_a_revision_goes_on(
    programs: Programs, command: str, environ: dict[str, str], told: str
) -> None:
    outcome = programs.monps_db(*command.split(), **environ)
    assert_one_line(outcome, 0, told)
    assert "which revisions are applied is not known" in outcome.err
    assert "8e94b0f2d617" in outcome.out


@pytest.mark.parametrize("command", OF_REVISIONS)
def test_without_a_ledger_every_revision_is_pending(programs: Programs, command: str) -> None:
    outcome = programs.monps_db(*command.split())
    assert (outcome.code, outcome.err) == (0, "")
    assert "(pending)" in outcome.out or "not applied here" in outcome.out


def test_without_a_ledger_the_history_is_empty(programs: Programs) -> None:
    outcome = programs.monps_db("history")
    assert (outcome.code, outcome.out, outcome.err) == (0, "no steps are recorded\n", "")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("blame oddz", "nothing is called 'oddz'; the nearest are public.odds"),
        ("log oddz", "nothing is called 'oddz'; the nearest are public.odds"),
        ("diagram models --around oddz", "nothing is called 'oddz'; the nearest are public.odds"),
        ("diagram models --schema nowhere", "unknown schema nowhere: known are"),
        ("docs models --output pages --schema nowhere", "unknown schema nowhere: known are"),
        ("diff head nothing", "no revision begins with 'nothing'; other names are"),
        ("diff head none.json", "none.json"),
        ("docs nothing --output pages", "no revision begins with 'nothing'; other names are"),
        ("docs models --output pyproject.toml", "pyproject.toml"),
    ],
)
def test_what_is_unknown_is_a_mistake_of_the_arguments(
    programs: Programs, command: str, told: str
) -> None:
    outcome = programs.monps_db(*command.split())
    assert_one_line(outcome, 2, told)
    assert not (programs.folder / "pages").exists()


@pytest.mark.parametrize(
    "command",
    [
        *("blame odds.line", "log odds", "history", "history --graph"),
        *("diff live head", "diagram live", "docs live --output pages"),
    ],
)
def test_ctrl_c_ends_a_command_that_waits(
    migrated: Database, programs: Programs, command: str
) -> None:
    with closing(migrated.connect_superuser()) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE public.monps_migration_ledger, public.alembic_version")
        cursor.execute("LOCK TABLE pg_catalog.pg_description")  # Reading a schema needs this table.
        process = programs.start("monps-db", *command.split(), MIGRATION_LOCK_TIMEOUT="60s")
        wait_until_blocked(migrated)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "monps-db: interrupted\n")
    assert not (programs.folder / "pages").exists()
