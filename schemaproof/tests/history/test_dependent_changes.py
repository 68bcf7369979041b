"""Changes of objects that depend on each other are written in the order that PostgreSQL needs.

Each revision is tried when it is written: up, down and up again.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from schemaproof.errors import HistoryError
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

PARTITION: Final = "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000)"
KEYED: Final = """
Table('uuids', Base.metadata, Column('id', {0}, primary_key=True), Column('up', {0},
    ForeignKey('uuids.id')))
Table('keyed', Base.metadata, Column('id', Integer, primary_key=True),
    Column('u', {0}, ForeignKey('uuids.id', name='keyed_fk', match='FULL')))
Table('loose', Base.metadata, Column('u', {0}, ForeignKey('uuids.id', name='loose_fk')))
"""
PARTITIONED: Final = f"""
p = Table('p', Base.metadata, Column('id', Integer, primary_key=True), {{}},
    postgresql_partition_by='RANGE (id)')
event.listen(p, 'after_create', DDL({PARTITION!r}))
Table('other', Base.metadata, Column('id', {{}}, primary_key=True))
"""
OLD: Final = """
Table('labelled', Base.metadata, Column('id', Integer, primary_key=True),
    Column('k', Enum('a', 'b', name='kind'), server_default='a'),
    Column('t', Text), CheckConstraint("t <> 'x'", name='ck'), Index('ix', text("(t || 'a')")),
    UniqueConstraint('id', 't', name='uq'))
Table('odd', Base.metadata, Column('id', Integer, primary_key=True), Column('o :n', Text),
    Index('odd_ix', text('("o \\\\:n" IS NULL)'), postgresql_where=text('"o \\\\:n" IS NOT NULL')))
"""
NEW: Final = """
Table('odd', Base.metadata, Column('id', Integer, primary_key=True), Column('o :n', Text))
Table('labelled', Base.metadata, Column('id', Integer, primary_key=True),
    Column('k', Text, server_default='a'), Column('t', Enum('a', name='other_kind')))
"""
APART: Final = (
    "it is dropped while the types of its columns change, and added again after that; rows that are"
    " written meanwhile can break it, and would fail its validation"
)
USED: Final = "".join(
    f"Table('{name}', Base.metadata, Column('id', Integer, primary_key=True),"
    " Column('n', {0}), Column('w', {1}))\n"
    for name in ("v", "r", "f", "p")
)
USES: Final = (
    "CREATE VIEW of_v AS SELECT n FROM v",
    "CREATE FUNCTION fn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER of_r BEFORE UPDATE OF n ON r FOR EACH ROW EXECUTE FUNCTION fn()",
    "CREATE FUNCTION of_f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT max(n) FROM f; END",
    "CREATE POLICY of_p ON p USING (w <> 'x')",
)
REWRITTEN: Final = "every row is rewritten while the table can be neither read nor written, because"


def test_types_change_together_with_what_uses_them(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    project.models(OLD + KEYED.format("Uuid"))
    project.write(rev_id="first")
    project.models(NEW + KEYED.format("Text"))
    made = project.write()
    assert (made.unwritten, made.left) == ((), ())
    assert sorted(one.split(" (")[0] for one in made.notes) == [
        "public.keyed.keyed_fk: " + APART,
        "public.labelled.t: check how its values are converted: t::text::other_kind",
        "public.loose.loose_fk: " + APART,
        f"public.loose.u: {REWRITTEN} the table has no key",
    ]


def test_a_dropped_foreign_key_and_check_of_a_partitioned_table(
    folder: Path, database: Database
) -> None:
    """The downgrade adds them, and the key, as they were, without blocking others."""
    project = written.make(folder, database)
    some = """Column('a', Integer, ForeignKey('other.id', name='p_fk', match='FULL')),
        CheckConstraint('a > 0', name='p_ck'), UniqueConstraint('id', 'a', name='p_uq')"""
    _write_first(project, some)
    project.models(PARTITIONED.format("Column('a', Double)", "Integer"))
    one = project.write()
    assert (one.unwritten, one.left) == ((), ())
    texts = [file.read_text("utf-8").partition("def downgrade")[2] for file in one.files]
    assert "VALIDATE CONSTRAINT p_fk" in "".join(texts)
    assert "VALIDATE CONSTRAINT p_ck" in "".join(texts)
    assert "ADD CONSTRAINT p1_id_a_key UNIQUE USING INDEX" in "".join(texts)


def test_the_key_that_a_partitioned_table_refers_to(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    some = "Column('a', Integer, ForeignKey('other.id', name='p_fk'))"
    _write_first(project, some)
    project.models(PARTITIONED.format(some, "BigInteger"))
    made = project.write()
    assert (made.unwritten, made.left) == ((), ())
    why = "foreign key p_fk of a partitioned table refers to it"
    assert made.notes == (f"public.other.id: {REWRITTEN} {why}",)


def _write_first(project: WrittenProject, columns: str) -> None:
    project.models(PARTITIONED.format(columns, "Integer"))
    [file] = project.write(rev_id="first").files
    made = f"    op.execute({PARTITION!r})\n\n\ndef downgrade"
    file.write_text(file.read_text("utf-8").replace("\n\ndef downgrade", made), "utf-8")
    project.record()


def test_a_type_that_a_view_trigger_or_function_uses_stays(
    folder: Path, database: Database
) -> None:
    """PostgreSQL does not change it, and a policy would keep it from changing in place."""
    project = written.make(folder, database)
    _write_with(project, USED.format("Integer", "String(9)"), USES)
    project.models(USED.format("BigInteger", "String(20)") + _events(USES))
    made = project.write()
    assert [one.path for one in made.unwritten] == [f"public.{name}.n" for name in ("f", "r", "v")]
    assert made.notes == tuple(
        f"public.{name}.n: PostgreSQL does not change its type while {user} uses it, so nothing is"
        " written for it; have one revision drop that object, and another one, after the change,"
        " create it again"
        for name, user in (
            ("f", "function public.of_f()"),
            ("r", "trigger of_r on table public.r"),
            ("v", "view public.of_v"),
        )
    )
    texts = "".join(file.read_text("utf-8") for file in made.files)
    assert "ALTER POLICY of_p ON p USING" in texts
    assert project.write().files == ()


def test_a_default_that_is_a_time_means_the_zone_of_the_session(
    folder: Path, database: Database
) -> None:
    """The default changes together with the type, which is tried in another time zone."""
    project = written.make(folder, database)
    table = "Table('t', Base.metadata, Column('id', Integer, primary_key=True), Column('at', {}))"
    project.models(table.format("DateTime"))
    project.write(rev_id="first")
    project.models(table.format("DateTime(timezone=True), server_default='2024-02-29'"))
    assert project.write().unwritten == ()


def test_what_keeps_a_column_from_being_dropped_is_named(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    view = ["CREATE VIEW of_v AS SELECT n FROM v"]
    _write_with(project, USED.format("Integer", "Text"), view)
    project.models(USED.format("Integer", "Text").replace("Column('n', Integer), ", "", 1))
    with pytest.raises(HistoryError, match=r"view of_v depends on column n of table v"):
        project.write()


def _write_with(project: WrittenProject, models: str, statements: Sequence[str]) -> None:
    """Write the first revision, which also executes statements."""
    project.models(models + _events(statements))
    [file] = project.write(rev_id="first").files
    made = "".join(f"    op.execute({one!r})\n" for one in statements) + "\n\ndef downgrade"
    file.write_text(file.read_text("utf-8").replace("\n\ndef downgrade", made), "utf-8")
    project.record()


def _events(statements: Sequence[str]) -> str:
    return "".join(
        f"event.listen(Base.metadata, 'after_create', DDL({one!r}))\n" for one in statements
    )


@pytest.mark.parametrize(
    ("after", "advice", "count"),
    [
        (
            ", Column('g', Integer, Computed('n + 1'))",
            "have one revision drop that column, and another one, after the change, add it again",
            0,
        ),
        ("", "that column is dropped here: write another revision after this one", 1),
    ],
)
def test_a_type_that_a_generated_column_uses_stays(
    after: str, advice: str, count: int, folder: Path, database: Database
) -> None:
    table = "Table('t', Base.metadata, Column('id', Integer, primary_key=True), Column('n', {}){})"
    project = written.make(folder, database)
    project.models(table.format("Integer", ", Column('g', Integer, Computed('n + 1'))"))
    project.write(rev_id="first")
    project.models(table.format("BigInteger", after))
    made = project.write()
    assert [one.path for one in made.unwritten] == ["public.t.n"]
    assert len(made.files) == count
    assert made.notes[0].endswith("uses it, so nothing is written for it; " + advice)
    if not after:
        assert project.write().unwritten == ()
