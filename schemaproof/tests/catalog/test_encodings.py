"""Names and texts in databases of every encoding are read correctly."""

import json
import secrets
from collections.abc import Iterator

import pytest
from psycopg2 import sql

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.project import Alembic, Programs
from schemaproof_testing.servers import PASSWORD, USER, Database, administration

# The first byte is not UTF-8, and the three others are.
COMMENT = rb"E'B\374cher \342\202\254'".decode()


@pytest.fixture
def in_sql_ascii(server: LocalServer) -> Iterator[Database]:
    name = f"test_{secrets.token_hex(6)}"
    quoted = sql.Identifier(name)
    with administration(server) as cursor:
        cursor.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'SQL_ASCII'"
                " LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
            ).format(quoted, sql.Identifier(USER))
        )
    yield Database(str(server.socket_directory), server.port, USER, PASSWORD, name, server)
    with administration(server) as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


def reaching(programs: Programs, database: Database) -> Programs:
    return Programs(programs.folder, {**programs.environ, **database.environ()})


@pytest.mark.slow
def test_every_byte_of_a_database_in_sql_ascii_is_read_and_it_is_said(
    in_sql_ascii: Database, programs: Programs
) -> None:
    programs = reaching(programs, in_sql_ascii)
    assert programs.monps_db("upgrade").code == 0
    in_sql_ascii.execute(f"COMMENT ON TABLE public.odds IS {COMMENT}")
    outcome = programs.monps_db("check", "--format", "json")
    found = {one["code"]: one["actual"] for one in json.loads(outcome.out)["findings"]}
    assert outcome.code == 1
    assert "€" in found["table-comment"]
    assert found["encoding-unverified"].startswith("SQL_ASCII")
    # The comment is known drift, so a migration that does not touch it is not refused.
    allowing = ("--allow", "drift", "--reason", "it is known")
    assert programs.monps_db("downgrade", "-1", *allowing).code == 0
    assert programs.monps_db("upgrade").code == 0
    assert programs.monps_db("history", "--format", "json").code == 0


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "GBK", "LATIN1"])
def test_the_encoding_of_the_environment_decides_nothing(
    database: Database, programs: Programs, encoding: str
) -> None:
    Alembic(database).upgrade()
    database.execute('ALTER TABLE quantum.team_quantum_dna ADD "€ é 名" text')
    outcome = programs.monps_db("check", PGCLIENTENCODING=encoding)
    assert outcome.code == 1
    assert '"€ é 名"' in outcome.out
