"""Histories that begin with objects made by something else: ``start`` in [tool.schemaproof]."""

import json
import subprocess
from pathlib import Path

import pytest

from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.servers import Database, create_database

INITIAL = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("box", metadata, sa.Column("id", sa.Integer, primary_key=True))


def stamped(connection):
    metadata.create_all(connection)
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('a2')")


def failing(connection):
    raise ValueError("not today")
"""
MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("box", metadata, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("label", sa.String(20)))
"""
LABEL = 'op.add_column("box", sa.Column("label", sa.String(20)))'


@pytest.fixture
def project(folder: Path, database: Database) -> OtherProject:
    made = make_project(folder, database, imports=("import models",), target="models.metadata")
    made.write("models.py", MODELS)
    made.write("initial.py", INITIAL)
    return made


def begun(project: OtherProject, start: str) -> OtherProject:
    project.configure(script_location='"alembic"', start=json.dumps(start))
    return project


def recorded(project: OtherProject) -> list[str]:
    outcome = project.monps_db("snapshot").succeeded()
    return outcome.out.split()[::2]


def test_a_function_makes_what_the_first_revision_expects(project: OtherProject) -> None:
    """The models are still created in an empty database, so that no object of theirs is missed."""
    begun(project, "initial:metadata.create_all")
    project.revision("a1", None, LABEL)
    assert recorded(project) == ["a1"]
    assert project.monps_db("check", "--offline").out.startswith("in sync: ")
    project.write("models.py", MODELS.replace('"label"', '"name"'))
    found = project.monps_db("check", "--offline").out
    assert "missing revision" in found
    assert "public.box.name" in found


def test_what_was_stamped_is_where_the_history_begins(project: OtherProject) -> None:
    """Earlier revisions do not run and need no snapshot; later ones do."""
    begun(project, "initial:stamped")
    project.revision("a1", None, 'op.drop_table("what_nobody_has_any_more")')
    project.revision("a2", "a1", 'op.drop_table("nor_this")')
    project.revision("a3", "a2", LABEL)
    assert recorded(project) == ["a2", "a3"]
    assert project.monps_db("check", "--offline").out.startswith("in sync: ")
    project.revision("a4", "a3")
    assert "snapshot-missing a4" in project.monps_db("check", "--offline").out


def test_a_stamp_is_found_where_env_py_keeps_it(folder: Path, database: Database) -> None:
    """The function stamps with a command of Alembic, which runs env.py."""
    project = make_project(
        folder,
        database,
        imports=("import models",),
        target="models.metadata",
        options={"version_table_schema": '"ops"'},
    )
    project.write("models.py", MODELS)
    stamping = """
def stamped_by_alembic(connection):
    from alembic import command, config

    connection.exec_driver_sql("CREATE SCHEMA ops")
    metadata.create_all(connection)
    connection.commit()
    command.stamp(config.Config("alembic.ini"), "a2")
"""
    project.write("initial.py", INITIAL + stamping)
    begun(project, "initial:stamped_by_alembic")
    project.revision("a1", None, 'op.drop_table("what_nobody_has_any_more")')
    project.revision("a2", "a1", 'op.drop_table("nor_this")')
    project.revision("a3", "a2", LABEL)
    assert recorded(project) == ["a2", "a3"]


def test_a_script_of_pg_dump_is_a_starting_point(project: OtherProject, database: Database) -> None:
    """The script contains psql commands and rows, and sets an empty search_path."""
    with create_database(database.server) as other:
        other.execute("CREATE TABLE box (id serial PRIMARY KEY)")
        other.execute("INSERT INTO box DEFAULT VALUES")
        script = subprocess.run(
            [other.server.binaries.pg_dump, "--no-owner", "--inserts"],
            env=other.libpq_environ(),
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    assert "set_config('search_path', ''" in script
    assert "\n\\restrict " in script
    project.write("initial.sql", script)
    begun(project, "initial.sql")
    project.revision("a1", None, LABEL)
    assert recorded(project) == ["a1"]
    assert project.monps_db("check", "--offline").out.startswith("in sync: ")


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (
            "initial:failing",
            "does not make a starting point: ValueError: not today",
        ),
        ("initial:nothing", "initial:nothing does not make a starting point: AttributeError"),
        ("nowhere.sql", "nowhere.sql is not a file"),
    ],
)
def test_what_makes_no_starting_point_is_one_line(
    project: OtherProject, start: str, message: str
) -> None:
    begun(project, start)
    project.revision("a1", None, LABEL)
    outcome = project.monps_db("snapshot")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1), outcome.text
    assert message in outcome.err


def test_a_project_without_snapshots_is_told_once(project: OtherProject) -> None:
    begun(project, "initial:metadata.create_all")
    project.revision("a1", None, LABEL)
    project.revision("a2", "a1")
    outcome = project.monps_db("check", "--offline")
    assert "snapshot-missing a1 to a2" in outcome.out
    assert "2 snapshots" in outcome.out
    assert outcome.out.endswith("missing revision: 1\n")


def test_models_are_never_created_on_top_of_what_was_there(project: OtherProject) -> None:
    """scratch-sql creates a table of a model; the columns that it lacks are reported."""
    project.write("initial.sql", "CREATE TABLE box (id serial PRIMARY KEY);")
    project.revision("a1", None)
    project.configure(script_location='"alembic"', scratch_sql='"initial.sql"')
    recorded(project)
    outcome = project.monps_db("check", "--offline")
    assert "column-missing public.box.label" in outcome.text
    assert "models-refused" not in outcome.text
