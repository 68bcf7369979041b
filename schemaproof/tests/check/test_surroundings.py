"""Role names, search paths and libpq's environment do not change what a command does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from schemaproof_testing.project import Programs
from schemaproof_testing.servers import PASSWORD, Database, administration

pytestmark = pytest.mark.slow

REVISION = '''
"""Add a thing.

Revision ID: aaaaaaaaaaaa
Revises: 771a423699c2
"""
import sqlalchemy as sa
from alembic import op

revision = "aaaaaaaaaaaa"
down_revision = "771a423699c2"

def upgrade():
    op.create_table("thing", sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("u", sa.Text(), unique=True))

def downgrade():
    op.drop_table("thing")
'''.lstrip()


@pytest.fixture
def thing(own_history: Path) -> None:
    """A revision that qualifies no name and names no constraint, as people write them."""
    (own_history / "versions" / "2027_01_01_0000_aaaaaaaaaaaa_thing.py").write_text(
        REVISION, "utf-8"
    )


@pytest.fixture
def called_quantum(database: Database, programs: Programs) -> Iterator[Programs]:
    """The programs as a role with the name of our schema: its search_path begins with it."""
    with administration(database.server) as cursor:
        verifier = encrypt_password(PASSWORD, "quantum", cursor.connection, "scram-sha-256")
        cursor.execute(f"CREATE ROLE quantum LOGIN CREATEDB PASSWORD '{verifier}'")
        cursor.execute(
            sql.SQL("ALTER DATABASE {} OWNER TO quantum").format(sql.Identifier(database.name))
        )
    scratch = database.superuser_url.set(username="quantum", password=PASSWORD)
    url = scratch.render_as_string(hide_password=False)
    try:
        yield Programs(
            programs.folder, {**programs.environ, "DB_USER": "quantum", "DB_SCRATCH_URL": url}
        )
    finally:
        with administration(database.server) as cursor:
            cursor.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database.name))
            )
            cursor.execute("DROP ROLE quantum")


def tables_called_thing(database: Database) -> list[str]:
    return [
        schema
        for (schema,) in database.superuser.query(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'thing'"
        )
    ]


@pytest.mark.usefixtures("thing")
def test_a_role_called_like_a_schema_does_not_move_tables_there(
    database: Database, called_quantum: Programs
) -> None:
    recorded = called_quantum.monps_db("snapshot")
    assert (recorded.code, "aaaaaaaaaaaa recorded" in recorded.out) == (0, True)
    upgraded = called_quantum.run("alembic", "upgrade", "head")
    assert upgraded.out.splitlines()[-1].startswith("in sync: ")
    assert tables_called_thing(database) == ["public"]


@pytest.mark.usefixtures("own_history")
def test_a_role_called_like_a_schema_does_not_take_the_models_record_away(
    called_quantum: Programs,
) -> None:
    assert "recorded" not in called_quantum.monps_db("snapshot").out


@pytest.mark.usefixtures("thing")
def test_constraints_without_a_name_are_called_alike_in_snapshot_and_target(
    database: Database, programs: Programs
) -> None:
    assert programs.monps_db("snapshot").code == 0
    upgraded = programs.run("alembic", "upgrade", "head")
    assert upgraded.out.splitlines()[-1].startswith("in sync: ")
    assert database.query(
        "SELECT conname FROM pg_constraint WHERE contype = 'u' AND conname ~ 'thing'"
    ) == [("uq_thing_u",)]


@pytest.mark.usefixtures("thing")
@pytest.mark.parametrize("path", ["quantum, public", "''"])
def test_a_search_path_of_the_database_does_not_move_tables(
    database: Database, programs: Programs, path: str
) -> None:
    database.superuser.execute(f'ALTER DATABASE "{database.name}" SET search_path = {path}')
    assert programs.run("alembic", "upgrade", "head").code == 0
    assert tables_called_thing(database) == ["public"]


@pytest.mark.usefixtures("migrated")
def test_an_address_in_libpqs_environment_is_not_where_the_settings_point(
    programs: Programs,
) -> None:
    elsewhere = {"PGHOSTADDR": "127.0.0.9"}
    assert programs.monps_db("check", **elsewhere).code == 0
    assert programs.alembic("current", **elsewhere).code == 0
    assert programs.alembic("check", **elsewhere).code == 0
