"""Objects that an attacker creates in public, or in the superuser's schema, are never executed."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from psycopg2 import sql

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.project import Programs, make_workspace
from schemaproof_testing.servers import Database, create_database

pytestmark = pytest.mark.slow

FUNCTIONS: Final = {
    "format(text, name)": "text",
    "format(text, name, name)": "text",
    "format(text, text, text)": "text",
    "unnest(text[])": "SETOF text",
    "quote_ident(name)": "text",
    "regexp_replace(name, text, text)": "text",
    "length(varchar)": "int",
    "to_regclass(varchar)": "regclass",
}
OPERATORS: Final = {
    "||": ("text", ("text, name", "name, text", "name, name", "varchar, text")),
    "!~~": ("boolean", ("name, varchar", "name, name", "varchar, varchar")),
    "=": ("boolean", ("oid, integer", "varchar, varchar", "name, varchar", "xid, bigint")),
    "<>": ("boolean", ("varchar, varchar", "oid, integer")),
}
COMMANDS: Final = (
    "status",
    "check",
    "check --data --roles",
    "plan",
    "lint",
    "roles",
    "adopt --dry-run",
    "upgrade 3d5a71c08e42",
    "upgrade",
    "history",
    "show teams",
    "show picks",
    "report clv",
    "load quantum-adn .",
    "load odds . --close-picks",
    "import-legacy",
    "check --data",
    "downgrade -1 --accept-data-loss",
)
TABLES: Final = (
    *("alembic_version", "monps_migration_ledger", "odds", "tracking_clv_picks"),
    *("pg_class", "pg_locks", "pg_settings"),
)
ALEMBIC: Final = ("upgrade head", "current", "stamp head", "stamp abbc4f65c12b", "check")
SCRIPTS: Final = ("upgrade --sql", "roles --sql", "check --sql --destructive")


@dataclass(frozen=True)
class Attack:
    """An attacker with planted objects, and the programs of a superuser."""

    database: Database
    programs: Programs
    name: str
    reached: Path

    @property
    def succeeded(self) -> bool:
        question = "SELECT FROM pg_roles WHERE rolname = %s AND rolsuper"
        return bool(self.database.superuser.query(question, [self.name])) or self.reached.exists()


def plant(database: Database, name: str, reached: Path) -> None:
    """As the attacker, create objects that do harm when a session reads or writes."""
    body = f"""
BEGIN
    BEGIN
        EXECUTE 'ALTER ROLE "{name}" SUPERUSER';
    EXCEPTION WHEN OTHERS THEN
        NULL;
    END;
    COPY (SELECT 1) TO PROGRAM 'touch {reached}';
    {{}};
EXCEPTION WHEN OTHERS THEN
    {{}};
END
"""
    with closing(database.connect_superuser()) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        cursor.execute(
            sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO {}").format(sql.Identifier(name))
        )
        # In the default search_path of a role, "$user" comes first.
        own = sql.Identifier(database.server.superuser), sql.Identifier(name)
        cursor.execute(sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(*own))
        cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(name)))
        for schema in ("public", database.server.superuser):
            plant_in(cursor, schema, body)
        planted = body.format("RETURN true", "RETURN true")
        cursor.execute(
            f"CREATE FUNCTION public.reading() RETURNS boolean LANGUAGE plpgsql AS $b${planted}$b$"
        )
        for table in TABLES:
            cursor.execute(
                f"CREATE VIEW {database.server.superuser}.{table} AS"
                " SELECT 'x' AS version_num, 1 AS id, 1 AS oid WHERE public.reading()"
            )
        connection.commit()


def plant_in(cursor: Any, schema: str, body: str) -> None:
    for signature, result in FUNCTIONS.items():
        end = "RETURN" if result.startswith("SETOF") else "RETURN NULL"
        made = body.format(end, end)
        cursor.execute(
            f"CREATE FUNCTION {schema}.{signature} RETURNS {result}"
            f" LANGUAGE plpgsql AS $body${made}$body$"
        )
    number = 0
    for operator, (result, pairs) in OPERATORS.items():
        for pair in pairs:
            number += 1
            made = body.format("RETURN NULL", "RETURN NULL")
            left, right = pair.split(", ")
            cursor.execute(
                f"CREATE FUNCTION {schema}.planted_{number}({pair}) RETURNS {result}"
                f" LANGUAGE plpgsql AS $body${made}$body$;"
                f"CREATE OPERATOR {schema}.{operator} (FUNCTION = {schema}.planted_{number},"
                f" LEFTARG = {left}, RIGHTARG = {right})"
            )


@pytest.fixture
def attack(server: LocalServer, tmp_path: Path) -> Iterator[Attack]:
    with create_database(server) as database:
        name = f"attacker_{database.name}"
        reached = tmp_path / "reached"
        plant(database, name, reached)
        superuser = replace(database, user=server.superuser, password=server.superuser_password())
        environ = {
            **superuser.environ(),
            "DB_SCRATCH_URL": superuser.url.render_as_string(hide_password=False),
        }
        (tmp_path / "project").mkdir()
        yield Attack(
            database, Programs(make_workspace(tmp_path / "project"), environ), name, reached
        )
        database.superuser.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(name)))
        database.superuser.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_what_is_planted_works_where_nothing_is_done_about_it(attack: Attack) -> None:
    attack.database.superuser.execute("SELECT format('%I', relname) FROM pg_class LIMIT 1")
    assert attack.succeeded


def test_no_command_of_a_superuser_runs_what_is_planted(attack: Attack) -> None:
    for command in COMMANDS:
        attack.programs.monps_db(*command.split())
        assert not attack.succeeded, command
    for command in ALEMBIC:
        attack.programs.alembic(*command.split())
        assert not attack.succeeded, command


@pytest.mark.parametrize("command", SCRIPTS)
def test_no_script_that_a_superuser_runs_does(attack: Attack, command: str) -> None:
    script = attack.programs.monps_db(*command.split()).out
    server = attack.database.server
    subprocess.run(
        [server.binaries.psql, "--no-psqlrc"],
        input=script,
        env={
            **attack.database.libpq_environ(),
            "PGUSER": server.superuser,
            "PGPASSWORD": server.superuser_password(),
        },
        text=True,
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert not attack.succeeded
