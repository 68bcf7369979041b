"""Errors of users: one clear line, the right exit code, no traceback, no password."""

import os
import signal
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from schemaproof_testing.migrators import wait_until_blocked
from schemaproof_testing.project import CONFIGURATION, ROOT, Alembic, Outcome, Programs
from schemaproof_testing.servers import PASSWORD, Database

pytestmark = pytest.mark.slow

WRONG = "wr0ng-%40:/?#[]@ é"


def assert_one_clear_line(outcome: Outcome) -> None:
    """Require one line on stderr that begins with ``monps-db``."""
    assert outcome.err.startswith("monps-db: ")
    assert outcome.err.count("\n") == 1
    assert_nothing_leaks(outcome)


def assert_nothing_leaks(outcome: Outcome) -> None:
    assert "Traceback" not in outcome.text
    assert PASSWORD not in outcome.text
    assert WRONG not in outcome.text


MISTAKES = {
    "wrong password": ({"DB_PASSWORD": WRONG}, 6, "check DB_USER"),
    "absent database": ({"DB_NAME": "nowhere"}, 6, 'database "nowhere" does not exist'),
    "server down": ({"DB_HOST": "/nowhere"}, 6, "no server"),
    "port closed": ({"DB_HOST": "127.0.0.1", "DB_PORT": "1"}, 6, "no server"),
    "no such port": ({"DB_PORT": "65536"}, 2, "DB_PORT: should be"),
    "blank password": ({"DB_PASSWORD": " "}, 2, ".env.example"),
    "blank user": ({"DB_USER": ""}, 2, ".env.example"),
}
mistakes = pytest.mark.parametrize(("wrong", "code", "words"), MISTAKES.values(), ids=MISTAKES)


@mistakes
@pytest.mark.parametrize("command", ["check", "status"])
def test_a_command_ends_with_one_clear_line(
    programs: Programs, command: str, wrong: dict[str, str], code: int, words: str
) -> None:
    outcome = programs.monps_db(command, **wrong)
    assert outcome.code == code
    assert words in outcome.err
    assert_one_clear_line(outcome)


@mistakes
@pytest.mark.parametrize("command", [["upgrade", "head"], ["current"]], ids=["upgrade", "current"])
def test_alembic_ends_with_one_clear_line(
    programs: Programs, command: list[str], wrong: dict[str, str], code: int, words: str
) -> None:
    assert code  # This is the exit code of monps-db; Alembic has one for all errors.
    outcome = programs.alembic(*command, **wrong)
    failures = [line for line in outcome.text.splitlines() if not line.startswith("INFO")]
    assert outcome.code != 0
    assert len(failures) == 1
    assert failures[0].startswith("FAILED: ")
    assert words in failures[0]
    assert_nothing_leaks(outcome)


def test_a_wrong_value_has_a_line_for_each_variable(programs: Programs) -> None:
    outcome = programs.monps_db("status", DB_PORT="many", DB_POOL_SIZE="-3", DB_ECHO="loud")
    assert outcome.code == 2
    assert [line.split(":")[1].strip() for line in outcome.err.splitlines()] == [
        "DB_ECHO",
        "DB_POOL_SIZE",
        "DB_PORT",
    ]


@pytest.mark.parametrize(
    "arguments",
    [["check", "--format", "xml"], ["check", "--schema", "nowhere"], ["nonsense"], ["--nonsense"]],
    ids=" ".join,
)
def test_a_mistake_in_the_arguments_is_exit_code_2(
    programs: Programs, arguments: list[str]
) -> None:
    outcome = programs.monps_db(*arguments)
    assert outcome.code == 2
    assert_one_clear_line(outcome)


def test_without_any_settings_the_message_names_the_example(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION, "utf-8")
    outcome = Programs(tmp_path, {}).monps_db("status")
    assert outcome.code == 2
    assert {line.split(":")[1].strip() for line in outcome.err.splitlines()} == {
        "DB_USER",
        "DB_PASSWORD",
        "DB_NAME",
    }
    assert ".env.example" in outcome.err


@pytest.mark.parametrize("command", ["status", "check", "upgrade", "plan"])
def test_a_file_that_is_found_does_not_take_the_password_elsewhere(
    programs: Programs, command: str
) -> None:
    (programs.folder / ".env").write_text("DB_SSLMODE=disable\n", "utf-8")
    outcome = programs.monps_db(command)
    assert outcome.code == 2
    assert "DB_SSLMODE must not decide to which server the DB_PASSWORD" in outcome.err
    assert_one_clear_line(outcome)


def test_an_unknown_revision_is_one_clear_line(programs: Programs) -> None:
    outcome = programs.alembic("upgrade", "nonsense")
    assert outcome.code != 0
    assert "FAILED: Can't locate revision identified by 'nonsense'" in outcome.out
    assert_nothing_leaks(outcome)


def test_debug_shows_the_traceback_and_still_no_password(programs: Programs) -> None:
    outcome = programs.monps_db("--debug", "status", DB_PASSWORD=WRONG)
    assert outcome.code == 6
    assert "Traceback" in outcome.err
    assert WRONG not in outcome.text


def test_a_revision_that_fails_names_what_the_server_said(
    database: Database, programs: Programs
) -> None:
    Alembic(database).upgrade("abbc4f65c12b")
    database.execute("CREATE SCHEMA quantum; CREATE TABLE quantum.team_quantum_dna ()")
    outcome = programs.alembic("upgrade", "head")
    assert outcome.code != 0
    assert 'FAILED: relation "team_quantum_dna" already exists' in outcome.out
    assert_nothing_leaks(outcome)


def test_a_role_without_rights_is_told_so(programs: Programs, database: Database) -> None:
    database.superuser.execute("ALTER SCHEMA public OWNER TO postgres")
    database.superuser.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    outcome = programs.alembic("upgrade", "head")
    assert outcome.code != 0
    assert "FAILED: permission denied for schema public: grant role" in outcome.out
    assert_nothing_leaks(outcome)


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("arguments", [["check"], ["status"], ["--help"]], ids=" ".join)
def test_a_closed_pipe_is_no_drift(programs: Programs, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = programs.start("monps-db", *arguments, stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 6
    assert err == "monps-db: the output was closed before it was complete\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_check_that_waits_for_a_lock_ends_at_once_when_it_is_interrupted(
    migrated: Database, programs: Programs, number: signal.Signals
) -> None:
    with closing(migrated.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE public.alembic_version")
        process = programs.start("monps-db", "check", MIGRATION_LOCK_TIMEOUT="60s")
        wait_until_blocked(migrated)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "monps-db: interrupted\n")


def test_an_interrupted_upgrade_is_rolled_back_and_says_so(
    database: Database, programs: Programs
) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE quantum.team_quantum_dna")
        process = programs.start(
            "alembic",
            "-c",
            str(ROOT / "alembic.ini"),
            "upgrade",
            "head",
            MIGRATION_LOCK_TIMEOUT="60s",
        )
        wait_until_blocked(database)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "FAILED: interrupted: the revision that was running is rolled back" in out
    assert "Traceback" not in err
    assert "pending:   c1f6a83d9b05" in programs.monps_db("status").out


def test_no_password_reaches_the_server_log_or_the_process_list(
    database: Database, programs: Programs
) -> None:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.alembic_version (version_num varchar(32))")
        connection.commit()
        cursor.execute("LOCK TABLE public.alembic_version")
        process = programs.start(
            "monps-db", "check", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until_blocked(database)
        activity = str(database.superuser.query("SELECT a::text FROM pg_stat_activity AS a"))
        command_lines = b" ".join(
            path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()
        )
        connection.rollback()
        process.wait(timeout=60)
    assert PASSWORD not in activity
    assert PASSWORD.encode() not in command_lines
    assert PASSWORD not in database.server.log_file.read_text("utf-8")
