"""Indexes and keys of a partitioned table are built one partition at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from schemaproof.connection.raw_sql import rows
from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import written
from schemaproof_testing.written import Change

pytestmark = pytest.mark.slow

PARTITIONS: Final = (
    "CREATE TABLE p_2024 PARTITION OF p FOR VALUES FROM (0) TO (1000)",
    "CREATE TABLE p_2025 PARTITION OF p FOR VALUES FROM (1000) TO (2000) PARTITION BY LIST (a)",
    "CREATE TABLE p_2025_1 PARTITION OF p_2025 FOR VALUES IN (1)",
)
MODELS: Final = f"""
Table('other', Base.metadata, Column('id', Integer, primary_key=True))
p = Table('p', Base.metadata, {{parts}}, postgresql_partition_by='RANGE (day)')
for sql in {PARTITIONS!r}:
    event.listen(p, 'after_create', DDL(sql))
"""
OLD: Final = """Column('day', Integer, nullable=False), Column('a', Integer, nullable=False),
    Column('b', Integer), Column('c', Text), Index('p_gone', 'b', 'day'),
    Index('p_other', 'a', 'b'), Index('p_went', text("(c || '\\\\:x%y')")),
    Index('p_key', 'day', 'a', unique=True), CheckConstraint('a > 0', name='p_other_ck')"""
NEW: Final = """Column('day', Integer, primary_key=True), Column('a', Integer, primary_key=True),
    Column('b', Integer, ForeignKey('other.id'), nullable=False), Column('c', Text),
    Column('u', Uuid, server_default=text('gen_random_uuid()'), nullable=False),
    Index('p_key', 'day', 'a', unique=True),
    Index('p_ix', text("(c || '%x:y')"), 'b', postgresql_where=text('b > 1')),
    Index('p_other', 'c', 'b'),
    Index('p_down', column('b').desc()),
    Index('p_lower', text('lower(c)'), text('upper(c)')),
    UniqueConstraint('day', 'a', 'b', name='p_uq'), CheckConstraint('b > 0', name='p_ck'),
    CheckConstraint('a > -1', name='p_other_ck')"""


@pytest.fixture(scope="module")
def change(server: LocalServer) -> Iterator[Change]:
    with written.opened(server) as project:
        project.models(MODELS.format(parts=OLD))
        [file] = project.write(rev_id="first").files
        made = "".join(f"    op.execute({sql!r})\n" for sql in PARTITIONS)
        text = file.read_text("utf-8").replace("\n\ndef downgrade", made + "\n\ndef downgrade")
        file.write_text(text, "utf-8")
        project.record()
        project.models(MODELS.format(parts=NEW))
        yield Change(project, project.write())


def test_nothing_is_left_to_do_and_the_linter_has_nothing_to_say(change: Change) -> None:
    assert (change.made.unwritten, change.made.left, change.made.notes) == ((), (), ())
    assert "\n".join(change.project.lint(change.made)) == ""
    assert change.project.write().files == ()


def test_an_index_is_built_for_each_partition_and_attached(change: Change) -> None:
    sql = [
        " ".join(part.sql.split())
        for one in change.project.linted(change.made)
        for part in one.statements
    ]
    [whole] = [one for one in sql if one.startswith("CREATE INDEX IF NOT EXISTS p_ix ON ONLY p (")]
    rest = whole.partition(" ON ONLY p ")[2]
    assert rest.endswith("'%x:y'), b) WHERE b > 1")
    assert f"CREATE INDEX CONCURRENTLY IF NOT EXISTS p_2024_expr_b_idx ON p_2024 {rest}" in sql
    assert "ALTER INDEX p_2025_expr_b_idx ATTACH PARTITION p_2025_1_expr_b_idx" in sql
    assert "ALTER INDEX p_ix ATTACH PARTITION p_2024_expr_b_idx" in sql


def test_partitions_that_no_revision_has_made_get_them_too(change: Change) -> None:
    with (
        ProjectProbe(change.project.project) as probe,
        scratch.project_scratch(change.project.project) as there,
    ):
        probe.upgrade(there, "first")
        for sql in (
            "CREATE TABLE p_2026 PARTITION OF p FOR VALUES FROM (2000) TO (3000)",
            "CREATE TABLE p_2025_2 PARTITION OF p_2025 FOR VALUES IN (2)",
            "INSERT INTO other SELECT generate_series(1, 100)",
            "INSERT INTO p SELECT 1000 * (n % 3) + n, 1 + n % 2, n FROM generate_series(1, 100) n",
        ):
            rows(there.connection, sql + " RETURNING 1" * sql.startswith("INSERT"))
        there.connection.commit()
        probe.upgrade(there, "heads")
        assert rows(there.connection, "SELECT count(u) AS filled, count(*) AS all FROM p") == [
            {"filled": 100, "all": 100}
        ]
        invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
        assert rows(there.connection, invalid) == []
        there.connection.rollback()
        probe.downgrade(there, "first")
