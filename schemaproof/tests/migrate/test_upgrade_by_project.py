"""``schemaproof upgrade`` and ``downgrade`` with an env.py that is Alembic's own."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemaproof_testing import probed
from schemaproof_testing.probed import Probed, columns
from schemaproof_testing.project import Outcome, Programs
from schemaproof_testing.servers import PASSWORD, Database, create_database

pytestmark = pytest.mark.slow


@pytest.fixture
def project(folder: Path) -> Probed:
    made = Probed(folder, probed.FROM_CONFIG).make()
    made.write(
        "pyproject.toml",
        '[tool.schemaproof]\nmetadata = "models:Base.metadata"\nscript-location = "alembic"\n',
    )
    return made


@pytest.fixture
def tool(project: Probed, database: Database) -> Programs:
    environ = {
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "DB_SCRATCH_URL": database.superuser_url.render_as_string(hide_password=False),
    }
    return Programs(project.folder, environ)


def schemaproof(tool: Programs, *arguments: str, **environ: str) -> Outcome:
    return tool.run("schemaproof", *arguments, **environ)


def test_what_alembic_did_is_said_and_compared(tool: Programs, database: Database) -> None:
    assert schemaproof(tool, "snapshot").code == 0
    done = schemaproof(tool, "upgrade")
    first, second, compared = done.out.splitlines()
    assert (done.code, columns(database)) == (0, ["id", "name", "pk_customer"])
    assert first.startswith("upgrade a1 Revision a1. (")
    assert second.endswith(" s): applied")
    assert compared.startswith("in sync: ")
    assert schemaproof(tool, "upgrade").out.splitlines()[0] == "nothing to do"
    done = schemaproof(tool, "downgrade", "-1")
    assert (done.code, columns(database)) == (0, ["id", "pk_customer"])
    assert done.out.splitlines()[0].startswith("downgrade a2 ")


def test_without_snapshots_nothing_is_compared(tool: Programs) -> None:
    done = schemaproof(tool, "upgrade").succeeded()
    assert done.out.splitlines()[-1] == "not compared: no snapshot of a2 (schemaproof snapshot)"


@pytest.mark.parametrize(
    "options", [("--accept-data-loss",), ("--allow", "drift", "--reason", "x")]
)
def test_options_without_effect_are_said(tool: Programs, options: tuple[str, ...]) -> None:
    schemaproof(tool, "upgrade")
    done = schemaproof(tool, "downgrade", "-1", *options).succeeded()
    assert "had no effect: env.py does not call schemaproof.alembic.run_migrations" in done.err


def test_drift_after_it_is_drift(tool: Programs, database: Database) -> None:
    schemaproof(tool, "snapshot")
    schemaproof(tool, "upgrade", "a1")
    database.execute("ALTER TABLE customer ADD COLUMN mine integer")
    done = schemaproof(tool, "upgrade")
    assert done.code == 1
    assert "mine" in done.out


def test_an_env_py_that_connects_elsewhere_is_refused(
    project: Probed, tool: Programs, database: Database
) -> None:
    with create_database(database.server) as other:
        url = other.url.render_as_string(hide_password=False)
        project.write("alembic/env.py", probed.SYNC.replace(FIXED, url))
        done = schemaproof(tool, "upgrade")
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert f"env.py connects to the database {other.name}, and not to {database.name}" in (
            done.err
        )
        assert columns(database) == columns(other) == []
        # If no database is named, env.py decides which one it is.
        assert schemaproof(tool, "upgrade", DATABASE_URL="").code == 0
        assert columns(other) == ["id", "name", "pk_customer"]


FIXED = "postgresql+psycopg2://no:body@nowhere.invalid/live"


def test_the_option_comes_first(tool: Programs, database: Database) -> None:
    with create_database(database.server) as other:
        url = other.url.render_as_string(hide_password=False)
        assert schemaproof(tool, "upgrade", "--url", url).code == 0
        assert (columns(other), columns(database)) == (["id", "name", "pk_customer"], [])


def test_what_the_project_prints_is_not_in_the_sql(project: Probed, tool: Programs) -> None:
    project.write("alembic/env.py", f"print('loud')\n{OFFLINE}")
    done = schemaproof(tool, "upgrade", "--sql").succeeded()
    assert "loud" in done.err
    assert done.out.startswith(("BEGIN;", "CREATE TABLE"))
    assert "CREATE TABLE customer" in done.out


OFFLINE = "from alembic import context\nfrom models import Base\n" + probed.OFFLINE


def test_an_error_of_the_server_is_one_line(project: Probed, tool: Programs) -> None:
    project.revision("a3", "a2", "op.execute('SELECT 1/0')")
    done = schemaproof(tool, "upgrade")
    assert (done.code, done.err) == (6, "schemaproof: division by zero\n")
    assert "Traceback" in schemaproof(tool, "--debug", "upgrade").err


def test_without_the_engine_it_is_said_how_to_install_it(project: Probed, tool: Programs) -> None:
    project.write("alembic/env.py", "import schemaproof.nowhere\n")
    done = schemaproof(tool, "upgrade")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "pip install './schemaproof[runner]'" in done.err


def running_statements(database: Database) -> list[str]:
    found = database.superuser.query(
        "SELECT query FROM pg_stat_activity WHERE query ~ 'pg_sleep[(]600' AND state = 'active'"
        " AND pid <> pg_backend_pid()"
    )
    return [query for (query,) in found]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("driver", ["psycopg2", "psycopg", "asyncpg"])
def test_a_signal_ends_it_on_the_server_too(
    project: Probed, tool: Programs, database: Database, number: signal.Signals, driver: str
) -> None:
    """The server ends the statement even after SIGKILL, which the project's Python cannot see."""
    env = probed.FROM_CONFIG
    if driver == "asyncpg":
        env = probed.ASYNC.replace(
            '"postgresql+asyncpg://no:body@nowhere.invalid/live"',
            'context.config.get_main_option("sqlalchemy.url")',
        )
    project.write("alembic/env.py", env)
    project.revision("a3", "a2", "op.execute('SELECT pg_sleep(600)')")
    url = database.url.set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)
    process = tool.start("schemaproof", "upgrade", DATABASE_URL=url)
    wait_for(lambda: len(running_statements(database)) == 1)
    assert not any(PASSWORD in line for line in command_lines())
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    if number != signal.SIGKILL:
        assert (process.returncode, err) == (130, "schemaproof: interrupted\n")
    wait_for(lambda: not running_statements(database))
    assert columns(database) == []  # Alembic runs all revisions in one transaction.


def command_lines() -> list[str]:
    """Return the arguments of every process."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(process.read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    return found


def test_the_program_ends_where_the_project_ends_the_process(
    project: Probed, tool: Programs
) -> None:
    project.write("alembic/env.py", "import os\nos._exit(3)\n")
    done = schemaproof(tool, "upgrade")
    assert (done.code, done.err.count("\n")) == (6, 1)
    assert "ended with exit status 3" in done.err


def test_folders_need_not_be_those_of_the_project(tool: Programs, database: Database) -> None:
    below = tool.folder / "below"
    below.mkdir()
    assert schemaproof(Programs(below, tool.environ), "upgrade").code == 0
    assert [*below.iterdir()] == []
    assert columns(database) == ["id", "name", "pk_customer"]
