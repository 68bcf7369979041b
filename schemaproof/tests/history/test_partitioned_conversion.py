"""Convert a table to a partitioned one while others read and write."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import Scratch
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import servers as test_servers
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import Change, run_sql

pytestmark = pytest.mark.slow

MODELS: Final = """
Table('place', Base.metadata, Column('id', Integer, primary_key=True))
t = Table('item', Base.metadata,
    Column('id', Integer, {number} primary_key=True, autoincrement=True),
    Column('day', Integer, primary_key=True, comment="it's 100%"),
    Column('place', Integer, ForeignKey('place.id', ondelete='SET NULL')),
    Column('n', Integer, server_default='3', nullable=False), Column('doc', pg.JSON),
    Column('twice', Integer, Computed('n * 2', persisted=True)),
    CheckConstraint('n > 0', name='ck'), UniqueConstraint('day', 'n', name='uq'),
    Index('ix', text('(n + 1)'), postgresql_where=text('n > 1')), comment='items'{more})
Table('part', Base.metadata, Column('id', Integer, primary_key=True), Column('item', Integer),
    Column('day', Integer), ForeignKeyConstraint(['item', 'day'], ['item.id', 'item.day'],
    ondelete='CASCADE', name='fk'))
"""
PARTITIONS: Final = (
    "CREATE TABLE item_1 PARTITION OF item FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE item_2 PARTITION OF item FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (day)",
    "CREATE TABLE item_2_0 PARTITION OF item_2 FOR VALUES FROM (10) TO (15)",
    "CREATE TABLE item_2_1 PARTITION OF item_2 FOR VALUES FROM (15) TO (20)",
    "CREATE TABLE item_rest PARTITION OF item DEFAULT",
)
BY_DAY: Final = ", postgresql_partition_by='RANGE (day)'"
MADE: Final = f"for sql in {PARTITIONS!r}:\n    event.listen(t, 'after_create', DDL(sql))\n"


@pytest.fixture(scope="module", params=["", "Identity(always=True),"], ids=["serial", "identity"])
def change(server: LocalServer, request: pytest.FixtureRequest) -> Iterator[Change]:
    with (
        tempfile.TemporaryDirectory(prefix="monps-test-", ignore_cleanup_errors=True) as folder,
        test_servers.create_database(server) as database,
    ):
        project = written.make(Path(folder).resolve(), database)
        project.models(MODELS.format(number=request.param, more=""))
        project.write(rev_id="first")
        project.models(MODELS.format(number=request.param, more=BY_DAY) + MADE)
        yield Change(project, project.write())


def test_nothing_is_left_to_do_and_the_linter_has_nothing_to_say(change: Change) -> None:
    assert (change.made.unwritten, change.made.left, change.made.notes) == ((), (), ())
    assert "\n".join(change.project.lint(change.made)) == ""
    assert change.project.write().files == ()


def test_rows_that_are_written_in_between_are_in_both(change: Change) -> None:
    """Before each revision, up and down, rows are inserted, updated and deleted."""
    ids = [path.stem for path in change.made.snapshots]
    with (
        ProjectProbe(change.project.project) as probe,
        scratch.project_scratch(change.project.project) as there,
    ):
        probe.upgrade(there, "first")
        run_sql(there, "INSERT INTO place VALUES (1) RETURNING 1")
        run_sql(
            there,
            "INSERT INTO item (day, n) SELECT 0, 100000 + 100 * g FROM generate_series(1, 50) g"
            " RETURNING 1",
        )
        number, rows_left = 0, 50
        for revision in ids:
            rows_left += _write(there, number)
            number += 1
            probe.upgrade(there, revision)
        rows_left += _write(there, number)
        _require_whole(there, rows_left)
        for revision in reversed(["first", *ids[:-1]]):
            probe.downgrade(there, revision)
            number += 1
            rows_left += _write(there, number)
        _require_whole(there, rows_left)


def _write(there: Scratch, number: int) -> int:
    """Insert rows, some of which are updated or deleted; return the number that remains."""
    sql = f"INSERT INTO item (day, n, place) VALUES ({{}}, {number + 1000}, 1) RETURNING id"
    stays, moves, goes = (run_sql(there, sql.format(day))[0]["id"] for day in (number % 25, 40, 41))
    run_sql(there, f"INSERT INTO part VALUES ({number}, {stays}, {number % 25}) RETURNING 1")
    run_sql(
        there, f"UPDATE item SET day = {number % 15}, n = n + 5000 WHERE id = {moves} RETURNING 1"
    )
    run_sql(there, f"DELETE FROM item WHERE id = {goes} RETURNING 1")
    older = f"UPDATE public.item SET n = n + 1 WHERE id = {number + 1} RETURNING 1"
    run_sql(there, f"SET LOCAL search_path TO pg_catalog, pg_temp; {older}")
    return 2


def _require_whole(there: Scratch, number: int) -> None:
    assert run_sql(there, "SELECT count(*) AS n FROM item") == [{"n": number}]
    lost = "SELECT * FROM part WHERE NOT EXISTS (SELECT FROM item WHERE id = part.item)"
    assert run_sql(there, lost) == []
    [row] = run_sql(there, "INSERT INTO item (day, n) VALUES (99, 1) RETURNING id, twice")
    assert row["twice"] == 2
    run_sql(there, "DELETE FROM item WHERE day = 99 RETURNING 1")
    others = "SELECT relname FROM pg_class WHERE relname IN ('item__new', 'item__old')"
    assert run_sql(there, others) == []


def test_what_cannot_be_partitioned_so_is_said(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    plain = MODELS.format(number="", more="")
    project.models(plain)
    project.write()
    by_day = MODELS.format(number="", more=BY_DAY)
    for models, reason in (
        (by_day, "the models create no partition of it"),
        (by_day.replace("Column('n', Integer", "Column('n', BigInteger") + MADE, "public.item.n"),
    ):
        project.models(models)
        made = project.write()
        assert made.files == ()
        [note] = made.notes
        assert "public.item: it becomes partitioned; this is not written" in note
        assert reason in note
