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
    Column('kinds', pg.ARRAY(kind), server_default=text("ARRAY['a', 'b']::kind[]")),
    CheckConstraint("kind <> 'b' OR id > 0", name='ck'), UniqueConstraint('kind', 'id', name='uq'),
    Index('ix', 'kind'), Index('px', 'id', postgresql_where=text("kind = 'b'")){})
"""
OTHER: Final = """
Table('Other', Base.metadata, Column('id', Integer, primary_key=True), Column('k', kind),
    Index('ox', text("(k = 'a')")), CheckConstraint("k IN ('a', 'b')", name='ck'))
"""
SAID: Final = "public.kind: a new type replaces it"


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    return written.make(folder, database)


@pytest.mark.parametrize("others", ["", OTHER], ids=["one table", "two tables"])
def test_the_columns_are_replaced_while_rows_are_written(
    project: WrittenProject, others: str
) -> None:
    project.models(ITEM.format(LABELS[0], "") + others)
    project.write(rev_id="first")
    project.models(ITEM.format(LABELS[1], "") + others)
    made = project.write()
    assert (made.unwritten, made.left, project.lint(made)) == ((), (), [])
    assert made.notes == ("kind: rows with the removed labels can no longer be written: it's",)
    assert project.write().files == ()
    heavy = [
        part.sql
        for one in project.linted(made)
        for part in one.statements
        for lock in part.locks
        if lock.mode in BLOCKS_WRITES and lock.work is not Work.CATALOG
    ]
    assert heavy == []
    _goes_up_and_down(project, [path.stem for path in made.snapshots], has_other=bool(others))


def _goes_up_and_down(project: WrittenProject, ids: list[str], *, has_other: bool) -> None:
    insert = (
        "INSERT INTO item (id, kind, kinds) SELECT coalesce(max(id), 0) + 1, 'b', '{{{}}}'"
        " FROM item RETURNING 1"
    )
    other = (
        "INSERT INTO \"Other\" (id, k) SELECT coalesce(max(id), 0) + 1, CAST('a' AS kind)"
        ' FROM "Other" RETURNING 1'
    )
    inserts = [insert.format("b,a"), *([other] if has_other else ())]
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
        for move, revisions in (
            (probe.upgrade, ids),
            (probe.downgrade, reversed(["first", *ids[:-1]])),
        ):
            for revision in revisions:
                for sql in inserts:
                    run_sql(there, sql)
                move(there, revision)
        same = "SELECT count(*) AS n FROM item WHERE kind = 'b' AND kinds = '{b,a}'"
        assert run_sql(there, same) == [{"n": 2 * len(ids)}]
        if has_other:
            same = "SELECT count(*) AS n FROM \"Other\" WHERE k = 'a'"
            assert run_sql(there, same) == [{"n": 2 * len(ids)}]


@pytest.mark.parametrize(
    ("more", "by_hand", "reason"),
    [
        (
            ", Column('g', Boolean, Computed(\"kind = 'a'\", persisted=True))",
            "",
            ", because default value for column g of table item depends on it",
        ),
        (
            "",
            "CREATE VIEW v AS SELECT kind FROM item",
            ", because column kind of view public.v depends on it",
        ),
        (
            (
                "), Table('two', Base.metadata, Column('k', kind, primary_key=True),"
                " ForeignKeyConstraint(['k'], ['two.k'], name='fk')"
            ),
            "",
            ", because foreign key fk is on columns of the type",
        ),
    ],
)
def test_where_others_cannot_go_on_it_is_said_why(
    project: WrittenProject, more: str, by_hand: str, reason: str
) -> None:
    project.models(ITEM.format("'a', 'b', 'c'", more))
    project.write(rev_id="first")
    if by_hand:
        project.files.revision("second", "first", f"op.execute({by_hand!r})")
        project.record()
    project.models(ITEM.format("'a', 'b'", more))
    made = project.write(only=("public.kind",))
    [note] = [one for one in made.notes if one.startswith(SAID)]
    assert f"Others cannot read or write meanwhile{reason}" in note
