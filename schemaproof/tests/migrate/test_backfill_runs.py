"""A backfill by the runner continues after a kill, and does not block other writers."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import Engine, event

from schemaproof.errors import TamperedHistoryError
from schemaproof.migrate import backfill, replication_lag
from schemaproof.migrate.progress import Filled
from schemaproof_testing import backfilled
from schemaproof_testing.catalogs import contents
from schemaproof_testing.migrators import sessions, wait_for
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import PROJECT
from schemaproof_testing.servers import Database
from schemaproof_testing.writers import writing

TABLE: Final = (
    "CREATE TABLE public.t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0, other int);"
    " INSERT INTO public.t SELECT n FROM generate_series(1, {}) n"
)
POSITIONS: Final = "public.monps_migration_ledger_backfills"
OTHERS: Final = (
    "SELECT count(*) FROM pg_class, aclexplode(relacl) a"
    " WHERE pg_class.oid = %s::regclass AND a.grantee <> relowner"
)
ONCE: Final = {"set_": "times = times + 1", "where": "times = 0"}


@pytest.fixture
def _recording_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "_REPORTED", 0.0)
    monkeypatch.setattr(backfill, "_AIM", 60.0)


class _Killed(BaseException):
    pass


@pytest.mark.usefixtures("_recording_always")
def test_a_run_after_an_interruption_goes_on_where_that_one_was(database: Database) -> None:
    database.execute(TABLE.format(100))
    database.execute("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC")
    told: list[Filled] = []

    def report(filled: Filled) -> None:
        told.append(filled)
        if len(told) == 4:
            raise _Killed

    with suppress(_Killed), backfilled.operations(database, PROJECT, report) as op:
        op.backfill("t", **ONCE, batch=10)
    [(position, passed)] = database.query(f"SELECT position, passed FROM {POSITIONS}")
    assert (position, passed) == (["40"], 40)
    assert database.query(OTHERS, [POSITIONS]) == [(0,)]
    # A check of a schema that belongs to the project does not report the table of positions.
    assert {one for one in contents(database).relation_names() if one[1] != "t"} == set()
    with backfilled.operations(database, PROJECT, report) as op:
        op.backfill("t", **ONCE, batch=10)
    assert (told[4].passed, told[4].now, told[-1].changed) == (50, 10, 100)
    assert database.query("SELECT times, count(*) FROM t GROUP BY 1") == [(1, 100)]
    assert database.query("SELECT to_regclass(%s)", [POSITIONS]) == [(None,)]


def test_a_batch_that_takes_long_is_followed_by_smaller_ones(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [backfill.next_size(100, seconds) for seconds in (0, 0.16, 0.4, 400)] == [
        200,
        125,
        50,
        1,
    ]
    monkeypatch.setattr(backfill, "_AIM", 0.0)
    database.execute(TABLE.format(503))
    with backfilled.operations(database) as op:
        op.backfill("t", **ONCE)
    batches = "SELECT count(*) FROM t GROUP BY xmin::text ORDER BY 1"
    assert database.query(batches) == [(1,), (1,), (1,), (500,)]


def test_rows_that_come_behind_it_get_values_too(database: Database) -> None:
    database.execute(TABLE.format(30))
    behind = iter(["UPDATE t SET id = -1 WHERE id = 29", "INSERT INTO t VALUES (-2)"])

    def report(_: Filled) -> None:
        database.execute(next(behind, "SELECT"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backfill, "_REPORTED", 0.0)
        with backfilled.operations(database, None, report) as op:
            op.backfill("t", **ONCE, batch=10)
    assert database.query("SELECT times, count(*), min(id) FROM t GROUP BY 1") == [(1, 31, -2)]


def test_rows_that_keep_coming_are_said(database: Database) -> None:
    database.execute(TABLE.format(3))

    def report(_: Filled) -> None:
        database.execute("INSERT INTO t SELECT min(id) - 1 FROM t")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backfill, "_REPORTED", 0.0)
        with (
            pytest.raises(Exception, match=r"rows of public\.t that have to be filled"),
            backfilled.operations(database, None, report) as op,
        ):
            op.backfill("t", **ONCE)


@pytest.mark.parametrize(
    "made",
    ["VIEW {} AS SELECT 1 AS x", "TYPE {} AS (x int)", "TABLE {} (backfill text)"],
)
def test_a_table_of_positions_that_somebody_made_first_is_not_read(
    database: Database, made: str
) -> None:
    database.execute(f"{TABLE.format(3)}; CREATE {made.format(POSITIONS)}")
    with (
        pytest.raises(TamperedHistoryError, match="monps_migration_ledger_backfills is not"),
        backfilled.operations(database, PROJECT) as op,
    ):
        op.backfill("t", **ONCE)
    assert database.query("SELECT sum(times) FROM t") == [(0,)]


def test_a_standby_that_is_behind_is_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = iter([20.0, 11.0, 9.0])
    lines: list[str] = []
    monkeypatch.setattr(replication_lag, "_lag", lambda _: next(behind))
    monkeypatch.setattr(replication_lag, "_POLLED", 0.0)
    monkeypatch.setattr(backfill, "_REPORTED", 0.0)
    database.execute(TABLE.format(3))
    with backfilled.operations(database, lag=timedelta(seconds=10), say=lines.append) as op:
        op.backfill("t", **ONCE)
    assert lines == ["a standby is 20 s behind: waiting until it is 10 s"]
    assert next(behind, None) is None


@pytest.mark.slow
def test_eight_writers_go_on_and_no_row_is_lost(database: Database) -> None:
    database.execute(TABLE.format(20_000))
    statements = [
        "UPDATE t SET other = %(n)s WHERE id = (%(n)s * 7919) %% 20000",
        "UPDATE t SET id = -id WHERE id = 20000 - (%(n)s * 31) %% 20000",
        "INSERT INTO t (id) SELECT 100000 + %(n)s ON CONFLICT DO NOTHING",
        "INSERT INTO t (id) SELECT -100000 - %(n)s ON CONFLICT DO NOTHING",
        "DELETE FROM t WHERE id = (%(n)s * 17) %% 20000",
    ]
    with (
        writing(database, [*statements, *statements[:3]]) as writers,
        backfilled.operations(database, pause=timedelta(milliseconds=5)) as op,
    ):
        # Rows would be added without a value for as long as there is no default.
        database.execute("ALTER TABLE t ALTER COLUMN times SET DEFAULT 1")
        op.backfill("t", **ONCE, batch=500)
    assert writers.failed == []
    assert database.query("SELECT DISTINCT times FROM t") == [(1,)]


@pytest.mark.slow
@pytest.mark.usefixtures("_recording_always")
def test_killed_after_every_statement_the_next_run_finishes(
    own_project: OwnProject, database: Database
) -> None:
    own_project.add(f"op.execute({TABLE.format(20)!r})")
    own_project.upgrade(database)
    own_project.add(f"op.backfill('t', **{ONCE!r}, batch=10)")
    own_project.record()
    statements = _killed_after(database, own_project, 0)
    broken = {}
    for number in range(1, statements + 1):
        own_project.stamp(database, "r1")
        database.execute("UPDATE public.t SET times = 0")
        _killed_after(database, own_project, number)
        wait_for(lambda: not sessions(database, "true"))
        own_project.upgrade(database)
        found = database.query(
            "SELECT times, count(*), (TABLE alembic_version), to_regclass(%s) FROM t GROUP BY 1",
            [POSITIONS],
        )
        if found != [(1, 20, "r2", None)]:
            broken[number] = found
    assert broken == {}
    assert statements > 20


def _killed_after(database: Database, project: OwnProject, number: int) -> int:
    """Upgrade in a process that ends after a batch; return the number of batches it sent."""
    reading, writing_end = os.pipe()
    if (pid := os.fork()) == 0:
        sent = 0

        def count(_: Any, __: Any, statement: str, *___: Any) -> None:
            nonlocal sent
            begun = sent or statement.startswith("BEGIN ISOLATION LEVEL")
            sent += bool(begun)
            if begun and sent == number:
                os._exit(9)

        event.listen(Engine, "after_cursor_execute", count)
        try:
            project.upgrade(database)
            os.write(writing_end, str(sent).encode())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    os.close(writing_end)
    with os.fdopen(reading) as pipe:
        return int(pipe.read() or 0)
