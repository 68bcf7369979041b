"""Every kind of change to the version table and the ledger is found."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812 -- as the class it is

from bench.drift.mutations import mutations
from bench.drift.mutations.kinds import Mutation
from bench.drift.runs import prepare
from schemaproof.catalog.catalog import read_snapshot, reading
from schemaproof.check import history_tables_diff, ledger_as_made
from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.findings.findings import Report
from schemaproof.history import history_tables
from schemaproof.history.snapshot_values import encode_children
from schemaproof.project import Project
from schemaproof.roles.roles import Roles, script
from schemaproof.schema.scope import Scope
from schemaproof_testing import own_project as own_projects
from schemaproof_testing.ledger_rows import FIRST_FORM
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import PROJECT, Alembic
from schemaproof_testing.psql import run_script
from schemaproof_testing.role_cast import Cast
from schemaproof_testing.servers import Database
from schemaproof_testing.strangers import superuser_database

own_project = own_projects.own_project

TABLES = ("alembic_version", "monps_migration_ledger")
SEQUENCE = "monps_migration_ledger_id_seq"


def compared(connection: Connection, project: Project = PROJECT) -> Report:
    found = history_tables.inspect_tables(connection, project.scope)
    form = ScratchQueries(project).version_table_form
    return history_tables_diff.compare_tables(
        connection, project.scope, project.ledger_table, found, form
    )


@pytest.fixture
def superuser(any_database: Database) -> Iterator[Connection]:
    prepare(any_database.server)
    Alembic(any_database).upgrade("abbc4f65c12b")
    with closing(any_database.connect_superuser()) as connection:
        yield connection


def about_ours(mutation: Mutation) -> bool:
    return bool({*TABLES, SEQUENCE}.intersection(mutation.names))


# The check reports these elsewhere: a missing table and missing rows as version-missing and
# version-empty, and without a ledger the runner has not migrated the database yet.
ELSEWHERE: Final = frozenset(
    {
        *("table dropped", "table renamed", "table moved to another schema"),
        *("alembic_version empty", "sequence of a column exhausted"),
        # It is tampering and not drift; test_own_tables tests it.
        "table inherited by other people's",
        # Only the owner of the table can create such a cast, and no statement of the program casts
        # rows.
        "cast of a table's rows",
        # The program always names these tables with their schema.
        *("table shadowed by a schema called like a role", "table shadowed by a search_path"),
    }
)
# These statements change nothing here: the default is the same, nothing was granted, or the session
# is not the owner's. Each environment decides which roles may read the tables.
VOID: Final = frozenset(
    {
        *("column default changed", "table's grants revoked", "owner's own privilege revoked"),
        "table granted to another role",
    }
)
# The data of the dropped column is lost, so a finding stays.
LOST: Final = frozenset(
    {
        *("column type: array to its element", "column dropped and made anew"),
        "columns renamed crosswise",
    }
)


def tried(connection: Connection, mutation: Mutation) -> str:
    """Make a change, check, and undo it by the script; return the faults."""
    name = mutation.kind.name
    with connection.cursor() as cursor:
        try:
            cursor.execute(mutation.statement)
        except psycopg2.Error:
            return ""  # This change cannot be made to these tables.
        report = compared(connection)
        codes = {one.code for one in report.findings}
        if mutation.kind.here or name in ELSEWHERE:
            return ""
        if not codes & mutation.codes:
            return "" if name in VOID else f"not found among {codes or 'nothing'}"
        if mutation.kind.lost or name in LOST:
            return ""
        try:
            cursor.execute("SET LOCAL search_path = ''")
            for step in report.repairs:
                cursor.execute(step.sql)
        except psycopg2.Error as error:
            return f"the script fails: {error}"
        # The column is back, but its data is lost, so a finding stays.
        left = [one for one in compared(connection).findings if one.code != "column-order"]
        return f"left: {left}" if left else ""


@pytest.mark.slow
def test_every_change_to_them_is_found_and_can_be_taken_back(
    any_database: Database, superuser: Connection
) -> None:
    found = list(mutations(any_database, managed=[], shared=["public"], per_kind=3, own=True))
    ours = [one for one in found if about_ours(one)]
    assert len(ours) > 80
    wrong = []
    for mutation in ours:
        if trouble := tried(superuser, mutation):
            wrong.append(f"{mutation.kind.name}: {mutation.statement}: {trouble}")
        superuser.rollback()
    assert not wrong, "\n".join(wrong)


def test_untouched_they_are_as_they_should_be(superuser: Connection) -> None:
    assert compared(superuser).findings == ()


def test_what_the_runner_makes_is_what_is_recorded(superuser: Connection) -> None:
    superuser.rollback()
    scope = Scope(managed=(), shared=("public",), own=frozenset({PROJECT.ledger_table}))
    with reading(superuser):
        found = encode_children(read_snapshot(superuser, scope).schemas)
    expected = json.loads(
        json.dumps(encode_children(ledger_as_made.recorded(PROJECT.ledger_table).schemas))
    )
    for one in (found, expected):  # PostgreSQL 17 and later also have the privilege MAINTAIN.
        ledger = one["public"]["relations"]["monps_migration_ledger"]
        assert ledger.pop("comment").startswith("Every step of the migrations on this database;")
        ledger["privileges"] = [text.replace("MAINTAIN, ", "") for text in ledger["privileges"]]
    assert json.loads(json.dumps(found)) == expected


@pytest.mark.parametrize(
    "harmless",
    [
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO PUBLIC",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
        FIRST_FORM,
        f"{FIRST_FORM} ALTER TABLE public.monps_migration_ledger RENAME TO old",
    ],
)
def test_what_was_there_before_the_first_migration_is_no_difference(
    any_database: Database, harmless: str
) -> None:
    with closing(any_database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(harmless)
        assert compared(connection).findings == ()
        connection.commit()
        Alembic(any_database).upgrade("abbc4f65c12b")
        assert compared(connection).findings == ()


def test_what_the_script_of_the_roles_grants_is_no_difference(bare: Cast) -> None:
    Alembic(bare.database).upgrade()
    run_script(superuser_database(bare.database), script(PROJECT, Roles(bare.prefix)))
    with closing(bare.database.connect_superuser()) as connection:
        assert compared(connection).findings == ()


NO_KEY = "DROP CONSTRAINT alembic_version_pkc"
OTHER_KEY = "RENAME CONSTRAINT alembic_version_pkc TO alembic_version_pkey"
WIDE = "ALTER version_num TYPE varchar(64)"
WIDER = "ALTER version_num TYPE varchar(255)"
ENV = """
from alembic import context
from sqlalchemy import create_engine
with create_engine("postgresql+psycopg2://").connect() as connection:
    context.configure(connection=connection, {})
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "env", "revision", "codes"),
    [
        (NO_KEY, "version_table_pk=False", "pass", set()),
        (NO_KEY, "", "pass", {"primary-key-missing"}),
        (NO_KEY, "# version_table_pk=False\n", "pass", {"primary-key-missing"}),
        (OTHER_KEY, "", f"op.execute('ALTER TABLE alembic_version {OTHER_KEY}')", set()),
        (OTHER_KEY, "", "pass", {"primary-key-renamed"}),
        (WIDER, "", f"op.execute('ALTER TABLE alembic_version {WIDER}')", set()),
        (
            WIDER,
            "",
            f"op.execute('DO $$ BEGIN ALTER TABLE alembic_version {WIDER}; END $$')",
            set(),
        ),
        (WIDER, "", f"op.execute('ALTER TABLE alembic_version {WIDE}')", {"column-type-modifier"}),
        (WIDER, "", "pass  # version_num", {"column-type-modifier"}),
        (
            f"{WIDER}, ADD a int",
            "",
            f"op.execute('ALTER TABLE alembic_version {WIDER}')",
            {"column-unexpected"},
        ),
        (WIDER, "", "raise ValueError('no revision passes')", {"version-unverified"}),
    ],
)
def test_the_version_table_is_expected_as_the_project_s_own_alembic_makes_it(
    own_project: OwnProject,
    database: Database,
    change: str,
    env: str,
    revision: str,
    codes: set[str],
) -> None:
    own_project.add(revision)
    (own_project.folder / "migrations" / "env.py").write_text(ENV.format(env), "utf-8")
    project = replace(own_project.project, metadata=PROJECT.metadata, roles=PROJECT.roles)
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE public.alembic_version (version_num varchar(32) NOT NULL,"
            " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));"
            f"ALTER TABLE public.alembic_version {change}"
        )
        found = compared(connection, project)
    assert {one.code for one in found.findings} >= codes
    assert bool(found.findings) is bool(codes)
