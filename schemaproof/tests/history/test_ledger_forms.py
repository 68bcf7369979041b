"""The ledger's table: created, upgraded from older forms, append-only, refused if altered."""

import os
import socket
from pathlib import Path

import psycopg2
import pytest

from schemaproof.errors import HistoryError, TamperedHistoryError
from schemaproof.history import ledger
from schemaproof_testing.ledger_rows import FIRST_FORM, rows
from schemaproof_testing.project import PROJECT, Alembic, Programs, revisions, unpooled_engine
from schemaproof_testing.psql import dump
from schemaproof_testing.servers import USER, Database, administration

TABLE = "public.monps_migration_ledger"
RENAME = f"ALTER TABLE {TABLE} RENAME TO old"
TRIGGER = f"""
CREATE FUNCTION public.first() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {{}}; END';
CREATE TRIGGER first BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION public.first()
"""


def test_a_row_says_who_from_where_and_with_what(database: Database) -> None:
    Alembic(database).upgrade("abbc4f65c12b")
    columns = "role, host, application_version, outcome, error, allowed, reason"
    [found] = rows(database, columns)
    assert found == (USER, socket.gethostname(), "0.1.0", "done", None, [], None)
    [(os_user, commit)] = rows(database, "os_user, git_commit")
    assert os_user
    if Path(".git").exists():
        assert len(commit) == 40


@pytest.mark.slow
def test_each_step_begins_with_what_the_one_before_led_to(database: Database) -> None:
    alembic = Alembic(database)
    alembic.upgrade()
    alembic.downgrade("base")
    found = rows(database, "fingerprint_before, fingerprint_after")
    befores, afters = zip(*found, strict=True)
    assert befores[1:] == afters[:-1]
    # Every state occurs once, on the way up and on the way down, and the base.
    assert len(set(afters)) == len(revisions()) + 1
    assert befores[0] == afters[-1]


def test_the_history_of_an_older_ledger_says_what_brings_it_forward(
    database: Database, programs: Programs
) -> None:
    database.execute(FIRST_FORM)
    outcome = programs.monps_db("history")
    assert (outcome.code, outcome.err.count("\n")) == (6, 1)
    assert (
        "has the form of an older version: the next migration brings it up to date"
    ) in outcome.err


@pytest.mark.slow
def test_an_older_ledger_is_brought_forward_with_its_rows(any_database: Database) -> None:
    any_database.execute(FIRST_FORM)
    Alembic(any_database).upgrade()
    Alembic(any_database).downgrade("base")
    assert rows(any_database, "revision, direction, outcome")[0] == (
        "abbc4f65c12b",
        "upgrade",
        "done",
    )
    assert len(rows(any_database)) == 1 + 2 * len(revisions())


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE public.monps_migration_ledger SET revision = 'x'",
        "DELETE FROM public.monps_migration_ledger",
        "TRUNCATE public.monps_migration_ledger",
    ],
)
def test_not_even_its_owner_changes_what_is_written(any_database: Database, statement: str) -> None:
    Alembic(any_database).upgrade()
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        any_database.execute(statement)


@pytest.mark.slow
@pytest.mark.parametrize("privilege", ["INSERT", "UPDATE", "DELETE", "TRUNCATE"])
def test_what_default_privileges_grant_to_others_is_taken_back(
    any_database: Database, privilege: str
) -> None:
    role = f"app of {any_database.name}"
    with administration(any_database.server) as cursor:
        cursor.execute(f'CREATE ROLE "{role}"')
    try:
        any_database.execute(
            f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO "{role}", PUBLIC',
        )
        Alembic(any_database).upgrade()
        assert any_database.query(
            "SELECT has_table_privilege(%s, %s, %s), has_table_privilege(%s, %s, 'SELECT')",
            [role, TABLE, privilege, role, TABLE],
        )[0] == (False, True)
    finally:
        any_database.superuser.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("DROP COLUMN objects_created", "objects_created"),
        ("DROP COLUMN findings", "findings"),
        ("ALTER COLUMN file_checksum TYPE varchar(10) USING ''", "file_checksum"),
        ("ALTER COLUMN id DROP IDENTITY", "its columns id require a value"),
        ("ALTER COLUMN outcome DROP DEFAULT", "its columns outcome require a value"),
        (
            f"ADD n int NOT NULL DEFAULT 1; ALTER TABLE {TABLE} ALTER n DROP DEFAULT",
            "its columns n require a value",
        ),
        (f"RENAME TO old; CREATE VIEW {TABLE} AS SELECT * FROM old", "it is no table"),
    ],
)
def test_a_ledger_that_was_altered_by_hand_stops_the_migration(
    database: Database, programs: Programs, change: str, message: str
) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    database.execute(f"ALTER TABLE {TABLE} {change}")
    with pytest.raises(
        TamperedHistoryError, match="differs from what the runner created"
    ) as refusal:
        Alembic(database).upgrade()
    assert message in refusal.value.message
    codes = [programs.monps_db(command).code for command in ("upgrade", "history", "check")]
    assert codes == [4, 4, 4]
    assert f"ledger-altered {TABLE}" in programs.monps_db("check").out
    status = programs.monps_db("status")
    if message == "it is no table":  # Reading it could run foreign code.
        assert (status.code, status.out) == (4, "")
    else:
        assert "pending:   c1f6a83d9b05" in status.out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (f"ALTER TABLE {TABLE} ADD CHECK (id < 0) NOT VALID", "violates check constraint"),
        (f"CREATE UNIQUE INDEX ON {TABLE} (role) WHERE id > 2", "duplicate key value"),
    ],
)
def test_where_a_step_cannot_be_recorded_it_is_not_done(
    database: Database, programs: Programs, change: str, message: str
) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    database.execute(change)
    before = dump(database, without=(TABLE,))
    outcome = programs.monps_db("upgrade")
    assert (outcome.code, outcome.err.count("\n")) == (4, 1)
    assert f"the ledger {TABLE} differs from what the runner created: " in outcome.err
    assert message in outcome.err
    assert "; the step is rolled back: restore it from a backup, or rename it" in outcome.err
    assert dump(database, without=(TABLE,)) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (f"CREATE RULE none AS ON INSERT TO {TABLE} DO INSTEAD NOTHING", "the rule none"),
        (TRIGGER.format("RETURN NULL"), "the trigger first"),
        (TRIGGER.format("RAISE USING MESSAGE = $$not here$$"), "the trigger first"),
    ],
)
def test_what_would_run_when_a_step_is_recorded_stops_the_migration_before_it(
    database: Database, programs: Programs, change: str, message: str
) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    database.execute(change)
    before = dump(database)
    outcome = programs.monps_db("upgrade")
    assert (outcome.code, outcome.err.count("\n")) == (4, 1)
    assert (
        f"the ledger {TABLE} differs from what the runner created: it has {message}"
    ) in outcome.err
    assert dump(database) == before


def test_findings_that_the_runner_did_not_write_stop_the_migration(
    database: Database, programs: Programs
) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    database.superuser.execute(f"""UPDATE {TABLE} SET findings = '[{{"a": 1}}]'""")
    outcome = programs.monps_db("upgrade")
    assert (outcome.code, outcome.err.count("\n")) == (4, 1)
    assert "the findings in its last row cannot be read; nothing was changed" in outcome.err


@pytest.mark.slow
def test_an_altered_ledger_may_be_renamed_as_is_said_and_a_new_one_is_made(
    any_database: Database,
) -> None:
    Alembic(any_database).upgrade("8e94b0f2d617")
    any_database.execute(f"ALTER TABLE {TABLE} DROP COLUMN findings; {RENAME}")
    Alembic(any_database).upgrade()
    later = revisions()[revisions().index("8e94b0f2d617") + 1 :]
    assert [revision for (revision,) in rows(any_database, "revision")] == later
    with pytest.raises(HistoryError, match="8e94b0f2d617 was not applied here by an upgrade"):
        Alembic(any_database).downgrade("3d5a71c08e42")


def test_a_column_that_somebody_added_is_none_of_our_business(database: Database) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    database.execute("ALTER TABLE public.monps_migration_ledger ADD COLUMN note text")
    Alembic(database).upgrade()
    assert len(rows(database)) == len(revisions())


def test_rows_are_in_the_order_of_the_steps_though_the_clock_was_set_back(
    database: Database,
) -> None:
    first = revisions()[-2]
    Alembic(database).upgrade(first)
    database.superuser.execute(
        "UPDATE public.monps_migration_ledger"
        " SET applied_at = now() + interval '1 year', started_at = now() + interval '1 year'",
    )
    Alembic(database).upgrade()
    Alembic(database).downgrade(first)
    with unpooled_engine(database) as engine, engine.connect() as connection:
        found = [
            (row["revision"], row["direction"])
            for row in ledger.ledger_rows(connection, PROJECT.scope)
        ]
    up = [(revision, "upgrade") for revision in revisions()]
    assert found == [*up, (revisions()[-1], "downgrade")]
    assert all(duration.total_seconds() >= 0 for (duration,) in rows(database, "duration"))


def test_where_no_user_has_the_process_s_number_the_row_says_so_by_saying_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    Alembic(database).upgrade("abbc4f65c12b")
    assert rows(database, "os_user") == [(None,)]
