"""Change a column to a type that needs a rewrite, by a new column, while others read and write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import Scratch
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import written
from schemaproof_testing.written import Change, run_sql

pytestmark = pytest.mark.slow

LONG: Final = "n" * 60
MODELS: Final = f"""
Table('item', Base.metadata, Column('id', {{number}}, primary_key=True),
    Column('parent', {{number}}, ForeignKey('item.id')),
    Column('n', {{number}}, nullable=False, server_default='3', comment="it's 100%"),
    Column('b', Integer), UniqueConstraint('n', 'b', name='uq'),
    CheckConstraint('n > 0', name='ck'), Index('ix', 'n'),
    Index('ux', text('(n + 1)'), unique=True, postgresql_where=text('b > 1')))
Table('part', Base.metadata, Column('id', {{number}}, Identity(start=5), primary_key=True),
    Column('item', {{number}}, ForeignKey('item.id', ondelete='CASCADE'), nullable=False))
Table('word', Base.metadata, Column('id', Integer, primary_key=True), Column('t', {{text}}),
    Column('longer', String({{length}})), CheckConstraint("longer <> ''", name='ck'))
Table('Odd name', Base.metadata, Column('a b:c%', {{number}}), Column('{LONG}', {{number}}),
    Column('key', Integer, nullable=False), Index('uq_key', 'key', unique=True),
    Index('{"i" * 63}', 'a b:c%', '{LONG}'))
"""
OLD: Final = MODELS.format(number="Integer", text="String(20), server_default='1'", length=20)
NEW: Final = MODELS.format(number="BigInteger", text="Integer, server_default='2'", length=40)


@pytest.fixture(scope="module")
def change(server: LocalServer) -> Iterator[Change]:
    with written.opened(server) as project:
        project.models(OLD)
        project.write(rev_id="first")
        project.models(NEW)
        yield Change(project, project.write())


def test_nothing_is_left_to_do_and_the_linter_has_nothing_to_say(change: Change) -> None:
    assert (change.made.unwritten, change.made.left) == ((), ())
    assert change.made.notes == (
        "public.word.t: check how its values are converted: t::text::INTEGER",
    )
    assert change.project.lint(change.made) == []
    assert change.project.write().files == ()


def test_a_type_that_keeps_the_values_is_changed_in_place(change: Change) -> None:
    texts = [file.read_text("utf-8").partition("def downgrade")[0] for file in change.made.files]
    [alone] = [text for text in texts if "op.alter_column('word', 'longer'" in text]
    assert "type_=sa.String(length=40)" in alone
    assert not any("longer__new" in text for text in texts)


def test_rows_that_are_written_in_between_have_both(change: Change) -> None:
    """A row is written before each revision, up and down; none is lost or changed."""
    ids = [path.stem for path in change.made.snapshots]
    with (
        ProjectProbe(change.project.project) as probe,
        scratch.project_scratch(change.project.project) as there,
    ):
        probe.upgrade(there, "first")
        number = 1
        for revision in ids:
            _write(there, number)
            number += 1
            probe.upgrade(there, revision)
        _require_whole(there, number)
        types = run_sql(there, "SELECT pg_typeof(id) AS id, pg_typeof(n) AS n FROM item LIMIT 1")
        assert types == [{"id": "bigint", "n": "bigint"}]
        for revision in reversed(["first", *ids[:-1]]):
            _write(there, number)
            number += 1
            probe.downgrade(there, revision)
        _require_whole(there, number)


def test_a_value_that_the_old_type_does_not_hold_can_be_written(change: Change) -> None:
    with (
        ProjectProbe(change.project.project) as probe,
        scratch.project_scratch(change.project.project) as there,
    ):
        probe.upgrade(there, change.made.snapshots[-4].stem)
        big = run_sql(there, "INSERT INTO item (id, n) VALUES (3000000000, 4000000000) RETURNING n")
        assert big == [{"n": 4_000_000_000}]
        assert run_sql(there, "SELECT n__old FROM item") == [{"n__old": None}]
        probe.upgrade(there, "heads")
        assert run_sql(there, "SELECT n FROM item") == big
        run_sql(there, "INSERT INTO item (id, n) VALUES (1, 2) RETURNING n")
        probe.downgrade(there, change.made.snapshots[-4].stem)
        restored = run_sql(there, "SELECT n, n__old FROM item ORDER BY n")
        assert restored == [{"n": 2, "n__old": 2}, {"n": 4_000_000_000, "n__old": None}]


def _write(there: Scratch, number: int) -> None:
    run_sql(there, f"INSERT INTO item (parent, n, b) VALUES (1, {number}, {number}) RETURNING id")
    run_sql(there, f"INSERT INTO part (item) VALUES ({number}) RETURNING id")
    run_sql(there, f"INSERT INTO word (t, longer) VALUES ('{number}', 'x') RETURNING id")
    run_sql(there, f"UPDATE item SET n = n WHERE n = {number} - 1 RETURNING id")


def _require_whole(there: Scratch, number: int) -> None:
    expected = [{"one": one} for one in range(1, number)]
    for query in (
        "SELECT id AS one FROM item WHERE id = n AND parent = 1 ORDER BY 1",
        "SELECT item AS one FROM part WHERE id = item + 4 ORDER BY 1",
        "SELECT CAST(t AS integer) AS one FROM word ORDER BY 1",
    ):
        assert run_sql(there, query) == expected
