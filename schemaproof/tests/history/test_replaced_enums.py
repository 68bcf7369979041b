"""Remove labels of an enum type while others read and write, or report why that is impossible."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from schemaproof.errors import HistoryError
from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.lint.lock_modes import BLOCKS_WRITES, Work
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject, run_sql

pytestmark = pytest.mark.slow

LABELS: Final = ("'a', 'b', 'it\\'s'", "'a', 'new', 'b'")
ITEM: Final = """
kind = Enum({}, name='kind')
Table('item', Base.metadata, Column('id', Integer, primary_key=True),
    Column('kind', kind, nullable=False, server_default='a', comment='what'),
    Column('kinds', pg.ARRAY(kind), server_default='{{a,b}}'),
    Index('ix', 'kind'), UniqueConstraint('kind', 'id', name='uq'){})
"""
SAID: Final = "public.kind: another type takes its place"


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    return written.make(folder, database)


def test_the_columns_are_replaced_while_rows_are_written(project: WrittenProject) -> None:
    project.models(ITEM.format(LABELS[0], ""))
    project.write(rev_id="first")
    project.models(ITEM.format(LABELS[1], ""))
    made = project.write()
    assert (made.unwritten, made.left, project.lint(made)) == ((), (), [])
    assert made.notes == ("kind: rows cannot be written with the labels that go any more: it's",)
    assert project.write().files == ()
    heavy = [
        part.sql
        for one in project.linted(made)
        for part in one.statements
        for lock in part.locks
        if lock.mode in BLOCKS_WRITES and lock.work is not Work.CATALOG
    ]
    assert heavy == []
    _goes_up_and_down(project, [path.stem for path in made.snapshots])


def _goes_up_and_down(project: WrittenProject, ids: list[str]) -> None:
    insert = (
        "INSERT INTO item (id, kind, kinds) SELECT coalesce(max(id), 0) + 1, 'b', '{{{}}}'"
        " FROM item RETURNING 1"
    )
    with (
        ProjectProbe(project.project) as probe,
        scratch.project_scratch(project.project) as there,
    ):
        probe.upgrade(there, "first")
        run_sql(there, insert.format("it''s"))
        with pytest.raises(HistoryError, match=r"1 rows of public.item.kinds use a label that is"):
            probe.upgrade(there, ids[-1])
        run_sql(there, "DELETE FROM item RETURNING 1")
        probe.downgrade(there, "first")
        for revision in ids:
            run_sql(there, insert.format("b,a"))
            probe.upgrade(there, revision)
        for revision in reversed(["first", *ids[:-1]]):
            run_sql(there, insert.format("b,a"))
            probe.downgrade(there, revision)
        same = "SELECT count(*) AS n FROM item WHERE kind = 'b' AND kinds = '{b,a}'"
        assert run_sql(there, same) == [{"n": 2 * len(ids)}]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (", CheckConstraint(\"kind <> 'b' OR id > 0\", name='ck')", ": operator does not exist"),
        ("), Table('two', Base.metadata, Column('k', kind)", ", because 2 tables use it"),
    ],
)
def test_where_others_cannot_go_on_it_is_said_why(
    project: WrittenProject, more: str, reason: str
) -> None:
    for labels in ("'a', 'b', 'c'", "'a', 'b'"):
        project.models(ITEM.format(labels, more))
        made = project.write()
    [note] = made.notes
    assert note.startswith(SAID)
    assert f"Others cannot go on meanwhile{reason}" in note
    assert (made.unwritten, made.left) == ((), ())


def test_a_view_and_privileges_stand_in_the_way(project: WrittenProject) -> None:
    project.models(ITEM.format("'a', 'b', 'c'", ""))
    project.write(rev_id="first")
    project.files.revision(
        "second", "first", 'op.execute("CREATE VIEW v AS SELECT kind FROM item")'
    )
    project.record()
    project.models(ITEM.format("'a', 'b'", ""))
    [note] = project.write(only=("public.kind",)).notes
    assert (
        "Others cannot go on meanwhile, because column kind of view public.v depends on it" in note
    )
