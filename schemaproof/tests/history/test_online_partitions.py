"""Rename columns of a partitioned table while programs use the old names."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path
from typing import Final

import pytest

from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import run_sql

pytestmark = pytest.mark.slow

PARTITIONS: Final = (
    "CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (100)",
    "CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM (100) TO (200) PARTITION BY LIST (kind)",
    "CREATE TABLE p_2_1 PARTITION OF p_2 FOR VALUES IN (1)",
    "CREATE TABLE p_rest PARTITION OF p DEFAULT",
)
MODELS: Final = f"""
p = Table('p', Base.metadata, Column('day', Integer, primary_key=True),
    Column('kind', Integer, primary_key=True), Column('tier', Text, server_default='none'),
    Index('ix', 'tier'), Index('lower_ix', text('lower(tier)'), postgresql_where=text('day > 1')),
    UniqueConstraint('day', 'kind', 'tier', name='uq'), CheckConstraint("tier <> ''", name='ck'),
    postgresql_partition_by='RANGE (day)')
for sql in {PARTITIONS!r}:
    event.listen(p, 'after_create', DDL(sql))
"""
RENAMED: Final = (
    MODELS.replace("tier", "level").replace("'kind'", "'sort'").replace("(kind)", "(sort)")
)
KEY: Final = (
    "public.p.sort: the old name cannot be kept, because the table, or a partition of it, is"
    " partitioned by it: a contract revision renames it"
)
FILL: Final = "INSERT INTO p (day, kind, {}) SELECT n, 1, 'x' || n FROM generate_series({}) n"


def test_both_names_are_served_until_the_contract_phase(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    project.models(MODELS)
    [file] = project.write(rev_id="first").files
    made = "".join(f"    op.execute({sql!r})\n" for sql in PARTITIONS)
    text = file.read_text("utf-8").replace("\n\ndef downgrade", made + "\n\ndef downgrade")
    file.write_text(text, "utf-8")
    project.record()
    project.models(RENAMED)
    change = project.write(rename=("p.tier=level", "p.kind=sort"), online=True)
    assert (change.unwritten, change.left, change.notes) == ((), (), (KEY,))
    assert "\n".join(project.lint(change)) == ""
    assert project.write().files == ()
    linted = project.linted(change)
    *_, served = takewhile(lambda one: not one.is_declared_contract, linted)
    with (
        ProjectProbe(project.project) as probe,
        scratch.project_scratch(project.project) as there,
    ):
        probe.upgrade(there, "first")
        run_sql(there, FILL.format("tier", "1, 150") + " RETURNING 1")
        run_sql(there, "CREATE TABLE p_3 PARTITION OF p FOR VALUES FROM (300) TO (400)")
        probe.upgrade(there, served.id)
        run_sql(there, FILL.format("tier", "151, 160") + " RETURNING 1")
        run_sql(there, FILL.format("level", "300, 310") + " RETURNING 1")
        run_sql(there, "UPDATE p SET tier = 'other' WHERE day = 1 RETURNING 1")
        same = "SELECT count(*) AS n, count(*) FILTER (WHERE tier = level) AS same FROM p"
        assert run_sql(there, same) == [{"n": 171, "same": 171}]
        probe.upgrade(there, "heads")
        probe.downgrade(there, "first")
        assert run_sql(there, "SELECT count(tier) AS n FROM p") == [{"n": 171}]
