"""``schemaproof``: the commands, on the database that DATABASE_URL names."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemaproof.cli.proof_commands import COMMANDS
from schemaproof_testing.other_project import FIRST, OtherProject, make_project
from schemaproof_testing.project import Outcome
from schemaproof_testing.servers import Database


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OtherProject:
    """A project of somebody else's, whose database is at its one revision."""
    project = make_project(tmp_path, database)
    project.revision("a1", None, FIRST)
    project.alembic("upgrade", "head")
    return project


def run(shop: OtherProject, *arguments: str, url: str | None) -> Outcome:
    """Run it with no other setting than the variable."""
    given = dict.fromkeys(("DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME"), "")
    return shop.programs.run("schemaproof", *arguments, **given, DATABASE_URL=url or "")


@pytest.mark.parametrize("driver", ["", "+psycopg2"])
def test_it_proves_somebody_elses_project(
    shop: OtherProject, database: Database, driver: str
) -> None:
    url = database.url.set(drivername=f"postgresql{driver}").render_as_string(hide_password=False)
    assert run(shop, "snapshot", url=None).out == "a1 recorded\n"
    checked = run(shop, "check", url=url)
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.startswith("in sync: ")
    status = run(shop, "status", url=url)
    assert "revision:  a1\n" in status.out
    assert database.password not in status.text


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        (None, 2, "DATABASE_URL is not set: set DATABASE_URL=postgresql://"),
        ("mysql://hush@host/x", 2, "DATABASE_URL is not the URL of a PostgreSQL database"),
        ("postgresql://u:hush@[/x", 2, "DATABASE_URL is not the URL of a PostgreSQL database"),
        (
            "postgresql://u:hush@127.0.0.1:1/x",
            6,
            "start it, or correct the host in DATABASE_URL and the port in DATABASE_URL",
        ),
    ],
)
def test_what_is_wrong_is_one_line_in_words_of_the_user(
    shop: OtherProject, url: str | None, code: int, told: str
) -> None:
    outcome = run(shop, "status", url=url)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("schemaproof: ")
    assert outcome.err.count("\n") == 1
    assert told in outcome.err
    assert "hush" not in outcome.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help(shop: OtherProject, command: str) -> None:
    assert f"schemaproof {command}" in run(shop, command, "--help", url=None).out
