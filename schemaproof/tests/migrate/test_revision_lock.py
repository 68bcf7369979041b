"""The lock while a revision runs, and a database whose version another program changes."""

from collections.abc import Callable
from typing import Any

import pytest

from schemaproof.errors import MigratorLockError
from schemaproof.migrate.migrator_lock import REVISION, RUN, SPACE
from schemaproof.migrate.progress import ATTRIBUTE, Lines
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.migrators import own_project_has
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

MINE = (
    "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    f" AND pid = pg_backend_pid() AND classid = {SPACE} ORDER BY objid"
)
# Snapshots are recorded in a process of the project, which has not imported this test.
CALL = f"(lambda here: here and here.call(op))(__import__('sys').modules.get({__name__!r}))"
ONE = 'op.execute("CREATE TABLE public.one ()")'
BLOCK = "with op.get_context().autocommit_block():\n        pass\n    "


def called(op: Any) -> None:
    """A function that a test replaces."""


def call(op: Any) -> None:
    """Call the test's function from a revision, unless the gate only collects SQL."""
    if not op.get_context().as_sql:
        called(op)


@pytest.fixture
def calling(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], None]], None]:
    """Set the function that the revision calls."""

    def use(function: Callable[[Any], None]) -> None:
        monkeypatch.setattr(f"{__name__}.called", function)

    return use


def test_a_revision_runs_in_the_session_that_holds_the_locks_of_old_migrators_too(
    own_project: OwnProject,
    database: Database,
    calling: Callable[[Callable[[Any], None]], None],
) -> None:
    held: list[list[int]] = []
    calling(lambda op: held.append(list(op.get_bind().exec_driver_sql(MINE).scalars())))
    own_project.add(f"{BLOCK}{ONE}; {CALL}", f'op.execute("DROP TABLE public.one"); {CALL}')
    own_project.record()  # This applies the revision to a scratch database.
    held.clear()
    own_project.upgrade(database)
    own_project.downgrade(database, "base")
    assert held == [[RUN, REVISION], [RUN, REVISION]]


@pytest.mark.parametrize("how", ["DISCARD ALL", "SELECT pg_advisory_unlock_all()"])
def test_a_revision_that_gives_the_lock_up_is_rolled_back(
    own_project: OwnProject, database: Database, how: str
) -> None:
    own_project.add(
        f"with op.get_context().autocommit_block():\n        op.execute({how!r})\n    {ONE}"
    )
    (own_project.folder / "migrations" / "snapshots").mkdir()
    with pytest.raises(MigratorLockError, match="the lock that keeps other migrators out is lost"):
        own_project.upgrade(database)
    assert rows(database, "outcome") == [("failed",)]
    own_project_has(database, set())


def move_version(database: Database) -> None:
    """Change the version table, as a program without the lock would."""
    database.execute("UPDATE public.alembic_version SET version_num = 'r3'")


@pytest.mark.parametrize("before", ["", BLOCK])
def test_a_revision_during_which_the_database_is_moved_is_rolled_back(
    own_project: OwnProject,
    database: Database,
    calling: Callable[[Callable[[Any], None]], None],
    before: str,
) -> None:
    own_project.add("pass")
    own_project.add(f"{before}{CALL}; {ONE}")
    own_project.add("pass")
    own_project.record()
    own_project.upgrade(database, "r1")
    calling(lambda _: move_version(database))
    with pytest.raises(MigratorLockError, match="is at r3, and the migration expected r1"):
        own_project.upgrade(database)
    own_project_has(database, set())


class Moved(Lines):
    """Changes the version table as soon as the first step is committed."""

    def done(self, *_: Any) -> None:
        self.say("done")


def test_a_step_that_would_begin_somewhere_else_is_not_begun(
    own_project: OwnProject, database: Database
) -> None:
    own_project.add("pass")
    own_project.add(f"with op.get_context().autocommit_block():\n        {ONE}")
    own_project.add("pass")
    own_project.record()
    moved = Moved(lambda _: move_version(database))
    with pytest.raises(MigratorLockError, match="is at r3, and the migration expected r1"):
        own_project.upgrade(database, "head", **{ATTRIBUTE: moved})
    own_project_has(database, set())
