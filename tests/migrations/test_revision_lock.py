"""The locks while a revision runs: each revision has one of its own, and is sure of both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from psycopg2.extensions import connection as Driver  # noqa: N812 -- as the class it is

from core.errors import MigratorLockError
from migrations.runner.migrator_lock import REVISION, SPACE
from tests.migrations.ledger_rows import rows
from tests.migrations.own_project import OwnProject
from tests.migrations.test_one_migrator import end_session, own_project_has, sessions
from tests.servers import Database

MINE = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    f" AND pid = pg_backend_pid() AND (classid, objid) = ({SPACE}, {REVISION})"
)
CALL = "__import__('tests.migrations.test_revision_lock').migrations.test_revision_lock.call(op)"
ONE = 'op.execute("CREATE TABLE public.one ()")'
BLOCK = "with op.get_context().autocommit_block():\n        pass\n    "


def called(op: Any) -> None:
    """A test puts something else here."""


def call(op: Any) -> None:
    """Called by a revision; not when the gate wants to see its SQL alone."""
    if not op.get_context().as_sql:
        called(op)


@pytest.fixture
def calling(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], None]], None]:
    """Say what the revision calls; each of its looks at the lock's connection is long apart."""
    monkeypatch.setenv("MIGRATION_LOCK_TIMEOUT", "1min")

    def use(function: Callable[[Any], None]) -> None:
        monkeypatch.setattr(f"{__name__}.called", function)

    return use


def test_while_a_revision_runs_it_holds_a_lock_for_its_transaction(
    own_project: OwnProject,
    database: Database,
    calling: Callable[[Callable[[Any], None]], None],
) -> None:
    held: list[int] = []
    calling(lambda op: held.append(op.get_bind().exec_driver_sql(MINE).scalar()))
    own_project.add(f"{ONE}; {CALL}", f'op.execute("DROP TABLE public.one"); {CALL}')
    own_project.record()  # applies it elsewhere
    held.clear()
    own_project.upgrade(database)
    own_project.downgrade(database, "base")
    assert held == [1, 1]


def test_a_revision_whose_block_has_ended_its_transaction_is_not_recorded_beside_another(
    own_project: OwnProject,
    database: Database,
    calling: Callable[[Callable[[Any], None]], None],
) -> None:
    own_project.add(f"{BLOCK}{ONE}; {CALL}")
    own_project.record()
    others: list[Driver] = []

    def begin_elsewhere(_: Any) -> None:
        others.append(database.connect())
        others[0].cursor().execute("SELECT pg_advisory_lock(%s, %s)", (SPACE, REVISION))

    calling(begin_elsewhere)
    with pytest.raises(MigratorLockError, match="another migrator runs a revision: pid"):
        own_project.upgrade(database)
    assert len(others) == 1
    with closing(others[0]):
        assert rows(database, "outcome") == [("failed",)]
        own_project_has(database, set())


def test_a_revision_is_not_committed_when_the_lock_is_gone_at_its_end(
    own_project: OwnProject,
    database: Database,
    calling: Callable[[Callable[[Any], None]], None],
) -> None:
    own_project.add(f"{ONE}; {CALL}")
    own_project.record()

    def end_holder(_: Any) -> None:
        [holder] = sessions(database, "application_name LIKE 'monps-db migrator%'")
        end_session(database, holder)

    calling(end_holder)
    with pytest.raises(MigratorLockError, match="the lock that keeps other migrators out is lost"):
        own_project.upgrade(database)
    assert rows(database) == []
    own_project_has(database, set())
