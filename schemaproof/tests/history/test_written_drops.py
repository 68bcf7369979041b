"""Dropped columns: their downgrade, which does not block writers either."""

from pathlib import Path
from typing import Final

import pytest

from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import run_sql

pytestmark = pytest.mark.slow

OLD: Final = """
Table('item', Base.metadata, Column('id', Integer, primary_key=True),
    Column('u', Uuid, server_default=text('gen_random_uuid()'), nullable=False, comment="it's"),
    Column('s', Integer, Computed('id + 1', persisted=True)))
Table('loose', Base.metadata, Column('id', Integer),
    Column('v', Double, server_default=text('random()')))
"""
NEW: Final = """
Table('item', Base.metadata, Column('id', Integer, primary_key=True))
Table('loose', Base.metadata, Column('id', Integer))
"""
BLOCKS: Final = "a downgrade adds it again, and blocks everybody while every row is rewritten"


def test_values_that_differ_by_row_are_written_in_batches(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    project.models(OLD)
    project.write(rev_id="first")
    project.models(NEW)
    made = project.write()
    assert (made.unwritten, made.left, project.lint(made)) == ((), (), [])
    assert sorted(one.partition(", because")[0] for one in made.notes) == [
        f"public.item.s: {BLOCKS}",
        f"public.loose.v: {BLOCKS}",
    ]
    [file] = [one for one in made.files if "IF NOT EXISTS u UUID" in one.read_text("utf-8")]
    assert "backfill(table" in file.read_text("utf-8")
    with (
        ProjectProbe(project.project) as probe,
        scratch.project_scratch(project.project) as there,
    ):
        probe.upgrade(there, "heads")
        run_sql(there, "INSERT INTO item SELECT generate_series(1, 9) RETURNING 1")
        probe.downgrade(there, "first")
        assert run_sql(there, "SELECT count(DISTINCT u) AS n FROM item") == [{"n": 9}]
