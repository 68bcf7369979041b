"""After a lock time-out the revision is rolled back and repeated; the blocking session is named."""

import threading
from contextlib import closing

import pytest
from sqlalchemy.exc import OperationalError

from schemaproof.errors import DatabaseRefusedError, HistoryError
from schemaproof_testing.gate_runs import allowing
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.migrators import wait_for
from schemaproof_testing.own_project import OwnProject, impatient_engine
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

CREATE = 'op.execute("CREATE TABLE public.one (id int)")'
ALTER = 'op.execute("CREATE TABLE public.two ()"); op.execute("ALTER TABLE public.one ADD y int")'


@pytest.fixture
def project(own_project: OwnProject, database: Database) -> OwnProject:
    """A database at r1; r2 is pending, and needs a lock on the table that r1 created."""
    own_project.add(CREATE)
    own_project.upgrade(database)
    own_project.add(ALTER, 'op.execute("DROP TABLE public.two")')
    own_project.record()
    return own_project


def test_an_attempt_succeeds_when_the_lock_is_free_again(
    project: OwnProject, database: Database
) -> None:
    with closing(database.connect()) as holder, holder.cursor() as cursor:
        cursor.execute("LOCK TABLE public.one IN ACCESS SHARE MODE")
        thread = threading.Thread(target=project.upgrade, args=(database,))
        thread.start()
        wait_for(lambda: "attempt 2 of 10" in project.printed)
        holder.rollback()
        thread.join(timeout=60)
    assert "r2: canceling statement due to lock timeout (blocked by pid" in project.printed
    outcomes = [outcome for (outcome,) in rows(database, "outcome")]
    assert outcomes[0] == outcomes[-1] == "done"
    assert set(outcomes[1:-1]) == {"failed"}
    assert {state for (state,) in rows(database, "sqlstate")[1:-1]} == {"55P03"}


def test_between_two_attempts_no_lock_is_held(project: OwnProject, database: Database) -> None:
    with (
        closing(database.connect()) as holder,
        closing(database.connect()) as application,
        holder.cursor() as cursor,
        application.cursor() as statement,
    ):
        cursor.execute("LOCK TABLE public.one IN ACCESS SHARE MODE")
        thread = threading.Thread(target=project.upgrade, args=(database,))
        thread.start()
        wait_for(lambda: "attempt 2 of 10" in project.printed)
        # The table that the attempt had created before it waited has been rolled back, too.
        statement.execute("SELECT to_regclass('public.two')")
        assert statement.fetchone() == (None,)
        application.rollback()
        statement.execute("SELECT count(*) FROM public.one")
        application.rollback()
        holder.rollback()
        thread.join(timeout=60)
    assert rows(database, "revision, outcome")[-1] == ("r2", "done")


def test_the_attempts_are_limited_and_the_error_names_who_is_in_the_way(
    project: OwnProject, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATION_LOCK_ATTEMPTS", "2")
    with closing(database.connect()) as holder, holder.cursor() as cursor:
        cursor.execute("SET application_name = 'the report'")
        cursor.execute("LOCK TABLE public.one IN ACCESS SHARE MODE")
        with pytest.raises(DatabaseRefusedError) as refusal:
            project.upgrade(database)
    assert rows(database, "sqlstate")[1:] == [("55P03",), ("55P03",)]
    message = refusal.value.message
    assert message.startswith("canceling statement due to lock timeout, 2 times; blocked by pid")
    assert "the report, idle in transaction, since" in message
    assert "LOCK TABLE public.one IN ACCESS SHARE MODE" in message
    assert rows(database, "revision, outcome") == [
        ("r1", "done"),
        ("r2", "failed"),
        ("r2", "failed"),
    ]


def test_every_revision_has_all_its_attempts(
    own_project: OwnProject, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATION_LOCK_ATTEMPTS", "2")
    own_project.add(f'{CREATE}; op.execute("CREATE TABLE public.busy ()")')
    own_project.upgrade(database)
    own_project.add(ALTER)
    own_project.add('op.execute("ALTER TABLE public.busy ADD z int")')
    own_project.record()
    with closing(database.connect()) as first, closing(database.connect()) as second:
        first.cursor().execute("LOCK TABLE public.one IN ACCESS SHARE MODE")
        second.cursor().execute("LOCK TABLE public.busy IN ACCESS SHARE MODE")
        thread = threading.Thread(target=own_project.upgrade, args=(database,))
        thread.start()
        wait_for(lambda: "r2: canceling" in own_project.printed)
        first.rollback()
        wait_for(lambda: "r3: canceling" in own_project.printed)
        second.rollback()
        thread.join(timeout=60)
    assert rows(database, "revision, outcome")[1:] == [
        ("r2", "failed"),
        ("r2", "done"),
        ("r3", "failed"),
        ("r3", "done"),
    ]


def test_what_came_between_two_attempts_is_not_held_against_the_revision(
    own_project: OwnProject, database: Database
) -> None:
    own_project.add(CREATE)
    own_project.upgrade(database)
    own_project.add(
        'op.execute("ALTER TABLE public.one ADD y int");'
        ' op.execute("CREATE TABLE IF NOT EXISTS public.two (id int)")'
    )
    own_project.record()
    with closing(database.connect()) as holder, holder.cursor() as cursor:
        cursor.execute("LOCK TABLE public.one IN ACCESS SHARE MODE")
        thread = threading.Thread(target=own_project.upgrade, args=(database,))
        thread.start()
        wait_for(lambda: "attempt 2 of 10" in own_project.printed)
        database.execute("CREATE TABLE public.two (theirs text)")
        holder.rollback()
        thread.join(timeout=60)
    assert rows(database, "revision, outcome")[-1] == ("r2", "done")


def test_a_revision_that_raises_is_not_tried_again(
    own_project: OwnProject, database: Database
) -> None:
    own_project.add(CREATE)
    own_project.add('op.execute("CREATE TABLE public.two ()"); raise ValueError("no, I will not")')
    with pytest.raises(ValueError, match="no, I will not"):
        own_project.upgrade(database)
    assert rows(database, "revision, outcome, error") == [
        ("r1", "done", None),
        ("r2", "failed", "no, I will not"),
    ]


def test_a_failed_downgrade_leaves_its_revision_to_be_undone(
    own_project: OwnProject, database: Database
) -> None:
    # A downgrade reads from the last row of the revision what it may drop, so a failed one repeats
    # it.
    own_project.add(CREATE, 'op.execute("DROP TABLE public.one"); op.execute("SELECT 1 / 0")')
    own_project.upgrade(database)
    with pytest.raises(Exception, match="division by zero"):
        own_project.downgrade(database, "base")
    assert rows(database, "outcome, objects_created") == [
        ("done", ["table public.one"]),
        ("failed", ["table public.one"]),
    ]
    file = own_project.folder / "migrations" / "versions" / "r1.py"
    corrected = file.read_text("utf-8").replace('; op.execute("SELECT 1 / 0")', "")
    file.write_text(corrected, "utf-8")
    own_project.downgrade(database, "base", **allowing("tampering", "it is corrected"))
    assert rows(database, "direction, outcome")[-1] == ("downgrade", "done")


def test_within_a_transaction_of_the_callers_there_is_one_attempt(
    project: OwnProject, database: Database
) -> None:
    engine = impatient_engine(database)
    with closing(database.connect()) as holder, holder.cursor() as cursor:
        cursor.execute("LOCK TABLE public.one IN ACCESS SHARE MODE")
        with (
            engine.connect() as connection,
            connection.begin(),
            pytest.raises(OperationalError, match="lock timeout"),
        ):
            project.upgrade(database, connection=connection)
    assert rows(database) == [("r1", "upgrade")]


def test_a_revision_that_was_never_applied_here_is_not_undone(
    own_project: OwnProject, database: Database
) -> None:
    own_project.add(CREATE, 'op.execute("DROP TABLE public.one")')
    own_project.record()
    database.execute("CREATE TABLE public.one (id int)")
    own_project.stamp(database, "head")
    with pytest.raises(HistoryError, match="was not applied here by an upgrade"):
        own_project.downgrade(database, "base")
