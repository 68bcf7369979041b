"""The ledger is in the table that the project names; the name may contain any character."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy
from psycopg2 import sql

from schemaproof.check import check
from schemaproof.errors import ConfigurationError
from schemaproof.findings.findings import Kind
from schemaproof.history import ledger
from schemaproof.history.ledger_sql import identifier, text
from schemaproof.project import Project
from schemaproof.project_file import find_project
from schemaproof.roles.roles import Roles, script
from schemaproof.sql.sql_names import derived
from schemaproof_testing import own_project as own_projects
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database
from schemaproof_testing.strangers import superuser_database

own_project = own_projects.own_project

ODD: Final = 'Der "Läd$$en" 100% :x \\ @{ledger} \'*?[a]'
NAMES: Final = [
    ("public", "schemaproof_ledger"),
    ("public", "order"),
    ("public", "x" * 63),
    ("public", "ä" * 31 + "x"),
    ("public", ODD),
    ("public", ODD + "x" * (63 - len(ODD.encode()))),
]


OWNER: Final = """
SELECT pg_get_userbyid(relowner) FROM pg_class
WHERE relnamespace::regnamespace::text = (CAST(:names AS text[]))[1]
    AND relname = (CAST(:names AS text[]))[2]
"""


def configured(own_project: OwnProject, schema: str, name: str) -> Project:
    """Set the name of the ledger in the project, or leave the default."""
    file = own_project.folder / "pyproject.toml"
    lines = [
        line for line in file.read_text("utf-8").splitlines() if not line.startswith("ledger-table")
    ]
    if name != "schemaproof_ledger":
        quoted = json.dumps(f'"{schema}"."{name.replace(chr(34), chr(34) * 2)}"')
        lines.insert(1, f"ledger-table = {quoted}")
    file.write_text("\n".join(lines), "utf-8")
    return own_project.project


def rows(database: Database, table: tuple[str, str], columns: str) -> list[tuple[Any, ...]]:
    statement = sql.SQL("SELECT {} FROM {} ORDER BY id").format(
        sql.SQL(columns), sql.Identifier(*table)
    )
    return database.query(statement)


SWAPPED: Final = "RENAME a TO c; ALTER TABLE t RENAME b TO a; ALTER TABLE t RENAME c TO b"


@pytest.mark.parametrize("table", [*NAMES[:2], ("public", "monps_migration_ledger")])
@pytest.mark.parametrize(
    ("change", "columns"),
    [("DROP a, ADD a int", {"public.t.a"}), (SWAPPED, {"public.t.a", "public.t.b"})],
    ids=["made anew", "renamed crosswise"],
)
def test_a_column_that_is_another_one_is_found_whatever_the_ledger_is_called(
    own_project: OwnProject,
    database: Database,
    table: tuple[str, str],
    change: str,
    columns: set[str],
) -> None:
    own_project.add("op.execute('CREATE TABLE public.t (a int, b int)')", "op.drop_table('t')")
    project = configured(own_project, *table)
    own_project.record()
    own_project.upgrade(database)
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE t {change}")
        connection.commit()
        report = check.check_database(connection, project)
    drift = {(str(one.code), str(one.path)) for one in report.findings if one.kind is Kind.DRIFT}
    assert drift == {("column-order", column) for column in columns}


@pytest.mark.parametrize("table", NAMES[:2])
@pytest.mark.parametrize("what", ["TABLES IN SCHEMA public", "TABLE alembic_version", "TABLE {}"])
def test_who_publishes_the_ledger_or_the_version_table_is_found(
    own_project: OwnProject, database: Database, table: tuple[str, str], what: str
) -> None:
    """Grants are found even if no other object of the schema belongs to the project."""
    own_project.add("pass")
    project = configured(own_project, *table)
    own_project.record()
    own_project.upgrade(database)
    published = sql.SQL(what).format(sql.Identifier(*table))
    with closing(database.connect_superuser()) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE PUBLICATION theirs FOR ") + published)
        connection.commit()
        report = check.check_database(connection, project)
    drift = {str(one.code) for one in report.findings if one.kind is Kind.DRIFT}
    assert drift == {"publication-unexpected"}


@pytest.mark.parametrize("table", NAMES, ids=["usual", "keyword", "long", "bytes", "odd", "both"])
def test_steps_are_recorded_compared_and_undone(
    own_project: OwnProject, database: Database, table: tuple[str, str]
) -> None:
    own_project.add("op.execute('CREATE TABLE public.t (a int, b int)')", "op.drop_table('t')")
    project = configured(own_project, *table)
    assert project.ledger_table == table
    own_project.record()
    own_project.upgrade(database)
    assert rows(database, table, "revision, objects_created") == [("r1", ["table public.t"])]
    with unpooled_engine(database) as engine, engine.connect() as connection:
        assert ledger.created(connection, project.scope) == {("table", "public.t")}
        assert ledger.last_direction(connection, project.scope, "r1") == "upgrade"
        assert [row["revision"] for row in ledger.ledger_rows(connection, project.scope)] == ["r1"]
        assert ledger.checksums(connection, project.scope).keys() == {"r1"}
    with closing(database.connect()) as connection_to_read:
        report = check.check_database(connection_to_read, project)
    found = [one for one in report.findings if one.kind is not Kind.MISSING_REVISION]
    assert found == []
    own_project.downgrade(database, "base")
    assert rows(database, table, "direction") == [("upgrade",), ("downgrade",)]
    assert database.query("SELECT to_regclass('public.monps_migration_ledger')") == [(None,)]


@pytest.mark.parametrize("table", [NAMES[2], NAMES[4]], ids=["long", "odd"])
def test_a_failed_attempt_and_the_script_of_the_roles_know_it(
    own_project: OwnProject, database: Database, table: tuple[str, str]
) -> None:
    own_project.add("op.execute('CREATE TABLE public.t (a int)')", "op.drop_table('t')")
    own_project.add("op.execute('SELECT 1 / 0')")
    project = configured(own_project, *table)
    with pytest.raises(Exception, match="division by zero"):
        own_project.upgrade(database)
    assert rows(database, table, "revision, outcome") == [("r1", "done"), ("r2", "failed")]
    roles = Roles(f"odd{database.name[-8:]}")
    run_script(superuser_database(database), script(project, roles))
    with unpooled_engine(database) as engine, engine.connect() as connection:
        [member] = connection.execute(sqlalchemy.text(OWNER), {"names": list(table)}).scalars()
    assert member == roles.owner


def test_names_that_are_made_of_it_are_cut_as_postgresql_cuts() -> None:
    assert derived("ck_", "x" * 63, "_direction") == f"ck_{'x' * 50}_direction"
    assert derived("", "ä" * 31, "_pkey") == f"{'ä' * 29}_pkey"
    assert derived("ck_", "ledger", "_outcome") == "ck_ledger_outcome"


def test_names_and_texts_hold_nothing_that_is_read_before_they_are() -> None:
    assert identifier("plain") == "plain"
    assert identifier('Two "words"') == '"Two ""words"""'
    assert identifier("a$$b:c") == 'U&"a\\0024\\0024b\\003Ac"'
    assert text("it's") == "'it''s'"
    assert text("a$%") == "E'a\\x24\\x25'"


def test_a_file_without_a_name_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.schemaproof]\nledger-table = 5\n", "utf-8")
    with pytest.raises(ConfigurationError, match="ledger-table should be a table's name, such as"):
        find_project(tmp_path)
