"""Malicious text on a real server is shown as text by both programs, and has no effect."""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest
from psycopg2 import sql

from schemaproof_testing.hostile import is_harmless
from schemaproof_testing.hostile_texts import (
    FOR_PSQL,
    LOGGING,
    NAMES,
    TEXTS,
    assert_shown,
    execute,
    literal,
    quoted,
    session,
)
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Outcome, Programs, make_workspace
from schemaproof_testing.psql import run_script
from schemaproof_testing.role_cast import make_cast
from schemaproof_testing.servers import PASSWORD, Database, administration, create_database

MIGRATOR: Final = int.from_bytes(b"monp", "big")
PROGRAMS: Final = (("monps-db", "upgrade"), ("alembic", "upgrade", "head"))
both = pytest.mark.parametrize("upgrade", PROGRAMS, ids=lambda one: one[0])


@pytest.fixture
def project(own_project: OwnProject) -> OwnProject:
    with own_project.ini.open("a", encoding="utf-8") as file:
        file.write(LOGGING)
    own_project.add(execute("CREATE TABLE public.one (id int)"))
    return own_project


@pytest.fixture
def programs(project: OwnProject, database: Database) -> Programs:
    scratch = database.superuser_url.render_as_string(hide_password=False)
    return Programs(project.folder, {**database.environ(), "DB_SCRATCH_URL": scratch})


def change(database: Database, statement: str, *values: object) -> None:
    database.execute(statement, values or None)


@both
def test_what_a_revision_says(
    project: OwnProject, programs: Programs, upgrade: tuple[str, ...]
) -> None:
    literals = ", ".join(map(literal, TEXTS))
    raised = f"FOREACH said IN ARRAY ARRAY[{literals}] LOOP RAISE WARNING '%', said; END LOOP"
    project.add(execute(f"DO $$ DECLARE said text; BEGIN {raised}; END $$"))
    outcome = programs.run(*upgrade)
    assert_shown(outcome)
    assert outcome.code == 0
    assert outcome.text.count("error::owned") >= 2
    text = literal(TEXTS[0])
    project.add(
        execute(f"DO $$ BEGIN RAISE '%', {text} USING HINT = {text}, DETAIL = {text}; END $$")
    )
    outcome = programs.run(*upgrade)
    assert_shown(outcome)
    assert outcome.code != 0
    for format_ in ("text", "json"):
        assert_shown(programs.monps_db("history", "--failed", "--format", format_))


@pytest.mark.slow
@both
def test_who_is_in_the_way(
    project: OwnProject, programs: Programs, database: Database, upgrade: tuple[str, ...]
) -> None:
    assert programs.monps_db("upgrade").code == 0
    project.add(execute("ALTER TABLE public.one ADD x int"))
    limits = {"LOCK_ATTEMPTS": "2", "LOCK_TIMEOUT": "2s", "WAIT_TIMEOUT": "1s"}
    environ = {f"MIGRATION_{name}": value for name, value in limits.items()}
    for held in (
        "LOCK TABLE public.one IN ACCESS SHARE MODE",
        f"SELECT pg_advisory_lock({MIGRATOR}, 1)",
    ):
        with session(database, "::error::owned") as holder:
            holder.execute(f"/* {TEXTS[0]} */ {held}")
            outcome = programs.run(*upgrade, **environ)
            assert outcome.code != 0
            assert_shown(outcome)


@contextmanager
def superuser_called(database: Database, name: str) -> Iterator[Database]:
    who = sql.Identifier(name)
    with administration(database.server) as cursor:
        cursor.execute(
            sql.SQL("CREATE ROLE {} LOGIN SUPERUSER PASSWORD %s").format(who), [PASSWORD]
        )
    yield replace(database, user=name)
    database.superuser.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(who))
    database.superuser.execute(sql.SQL("DROP ROLE {}").format(who))


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@both
def test_who_migrated(
    project: OwnProject, database: Database, upgrade: tuple[str, ...], name: str
) -> None:
    with superuser_called(database, f"{name}{secrets.token_hex(4)}") as role:
        programs = Programs(project.folder, role.environ())
        outcome = programs.run(*upgrade)
        assert (outcome.code, is_harmless(outcome.text)) == (0, True), outcome
        assert_shown(programs.monps_db("history"))
        recorded = programs.monps_db("history", "--format", "json").out
        assert is_harmless(recorded)
        assert {row["role"] for row in json.loads(recorded)} == {role.user}


COMMANDS_OF_MONPS: Final = (
    *(f"check --format {name}" for name in ("text", "json", "sarif", "junit", "markdown", "html")),
    *("check --sql", "status", "upgrade", "downgrade base", "plan", "plan --format json"),
    *("lint", "lint --format json", "lint --format sarif", "adopt --dry-run", "upgrade --sql"),
)
COMMANDS_OF_ALEMBIC: Final = ("current", "current -v", "upgrade head", "downgrade base", "check")


def assert_well_formed(command: str, document: str) -> None:
    if "json" in command or "sarif" in command:
        json.loads(document)
    if "junit" in command:
        ET.fromstring(document.encode())  # noqa: S314 - our own


def every_command(programs: Programs) -> Iterator[tuple[str, Outcome]]:
    for command in COMMANDS_OF_MONPS:
        outcome = programs.monps_db(*command.split())
        assert is_harmless(outcome.text), (command, outcome)
        if outcome.out:
            assert_well_formed(command, outcome.out)
        yield command, outcome
    for command in COMMANDS_OF_ALEMBIC:
        outcome = programs.run("alembic", *command.split())
        assert is_harmless(outcome.text), (command, outcome)
        yield command, outcome
    # Each line begins with a command that the program writes itself.
    for line in programs.monps_db("check", "--format", "github").out.splitlines()[:-1]:
        assert line.isprintable()
        assert re.match(r"::(error|warning|notice) (file=[\w./-]+,line=\d+,)?title=", line), line


def test_a_version_of_somebody_s(
    project: OwnProject, programs: Programs, database: Database
) -> None:
    project.record()
    assert programs.monps_db("upgrade").code == 0
    for name in NAMES:
        change(database, "UPDATE public.alembic_version SET version_num = %s", name)
        shown = [command for command, outcome in every_command(programs) if "owned" in outcome.text]
        assert {"status", "check --format html", "upgrade", "current", "upgrade head"} <= set(shown)


def test_names_of_somebody_s(project: OwnProject, programs: Programs, database: Database) -> None:
    """The repair script removes objects whose names contain malicious text."""
    project.record()
    assert programs.monps_db("upgrade").code == 0
    project.add(execute(f"ALTER TABLE public.one ADD {quoted(NAMES[1])} int -- owned"))
    project.record()
    before = named_by(database)
    for name in FOR_PSQL:
        change(database, f"ALTER TABLE public.one ADD {quoted(name)} int")
        change(database, f"COMMENT ON COLUMN public.one.{quoted(name)} IS {literal(name)}")
    shown = [command for command, outcome in every_command(programs) if "owned" in outcome.text]
    assert {"check --format html", "plan", "plan --format json", "upgrade head"} <= {*shown}
    repair = programs.monps_db("check", "--sql", "--destructive").out
    run_script(database, repair, folder=project.folder)
    assert not (project.folder / "owned").exists()
    assert named_by(database) == before


def named_by(database: Database) -> list[tuple[Any, ...]]:
    return database.query(
        "SELECT relname, attname, col_description(c.oid, attnum), obj_description(c.oid)"
        " FROM pg_class AS c JOIN pg_attribute ON attrelid = c.oid"
        " AND attnum > 0 AND NOT attisdropped"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1, 2"
    )


def test_printed_migrations_do_what_migrations_do(
    project: OwnProject, programs: Programs, database: Database
) -> None:
    for name in FOR_PSQL:
        column = f"sa.Column({name!r}, sa.Text, comment={name!r}, server_default={name!r})"
        project.add(
            f"import sqlalchemy as sa; op.create_table({name!r}, {column},"
            f" comment={name!r}, schema='public')"
        )
    project.record()
    for _, *upgrade in PROGRAMS:
        program = "alembic" if "head" in upgrade else "monps-db"
        printed = programs.run(program, *upgrade, "--sql").out
        assert is_harmless(printed.replace("\t", ""))
        with create_database(database.server) as other:
            run_script(other, printed, folder=project.folder)
            made = named_by(other)
        assert not (project.folder / "owned").exists()
    assert programs.monps_db("upgrade").code == 0
    assert made == named_by(database)
    assert len([row for row in made if row[0] in FOR_PSQL]) == len(FOR_PSQL)


def test_printed_roles_reach_schemas_as_they_are_called(database: Database, tmp_path: Path) -> None:
    with make_cast(database, tmp_path, f"Mon-PS_{secrets.token_hex(4)}") as cast:
        programs = Programs(make_workspace(tmp_path), cast.superuser.environ())
        project_file = tmp_path / "pyproject.toml"
        managed = f"managed-schemas = {json.dumps(['quantum', *FOR_PSQL])}"
        text = project_file.read_text("utf-8")
        project_file.write_text(text.replace('managed-schemas = ["quantum"]', managed), "utf-8")
        assert programs.monps_db("upgrade").code == 0
        for name in FOR_PSQL:
            change(cast.superuser, f"CREATE SCHEMA {quoted(name)}")
        wrong = programs.monps_db("roles", "--prefix", cast.prefix)
        assert (wrong.code, is_harmless(wrong.text)) == (1, True)
        printed = programs.monps_db("roles", "--sql", "--prefix", cast.prefix).out
        assert is_harmless(printed.replace("\t", ""))
        run_script(cast.superuser, printed, folder=tmp_path)
        assert not (tmp_path / "owned").exists()
        right = programs.monps_db("roles", "--prefix", cast.prefix)
        assert (right.code, right.out) == (0, "the roles are as they should be\n")


def test_a_prefix_that_is_no_word_is_refused_in_one_line(
    database: Database, tmp_path: Path
) -> None:
    programs = Programs(make_workspace(tmp_path), database.environ())
    for name in FOR_PSQL:
        outcome = programs.monps_db("roles", "--sql", "--prefix", name)
        assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
        assert is_harmless(outcome.err)
