"""``revision`` writes all differences of the catalogs, in a form that works up and down."""

from pathlib import Path

import pytest

from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

TABLE = "Table('customer', Base.metadata, Column('id', Integer, primary_key=True), {parts})\n"
KIND = "Column('kind', Enum('a', 'b', name='kind'))"
OTHER = "Column('other', Integer)"
ODD = (
    "Column('data', JSON, server_default=text(\"'{}'\")),"
    " Column('q', String, server_default=\"it's 100%\"), "
)
PERCENT = (
    f"{OTHER}, Column('p', String, server_default='100%'), CheckConstraint(\"p LIKE '%x:y'\"),"
    " Index('ix_p', text('(other % 2)')), Column('g', Integer, Computed('other % 3'))"
)
ELSEWHERE = ".ddl_if(dialect='sqlite')"
CHANGES = {
    "an enum in a new column": (OTHER, f"{OTHER}, {KIND}"),
    "an enum in an array": (
        OTHER,
        "Column('other', Integer), Column('k', pg.ARRAY(Enum('a', name='kind')))",
    ),
    "an enum that goes": (f"{OTHER}, {KIND}", OTHER),
    "identity added": (OTHER, "Column('other', Integer, Identity(), nullable=False)"),
    "identity removed": ("Column('other', Integer, Identity(), nullable=False)", OTHER),
    "identity that becomes stricter": (
        "Column('other', Integer, Identity(), nullable=False)",
        "Column('other', Integer, Identity(always=True), nullable=False)",
    ),
    "a type that needs USING": (
        "Column('other', String(20))",
        OTHER,
    ),
    "a type that needs USING, with a default": (
        "Column('other', String(20), server_default='1')",
        "Column('other', Integer, server_default='2')",
    ),
    "text that becomes an enum": ("Column('kind', String)", KIND),
    "a wider type": ("Column('other', Integer)", "Column('other', BigInteger)"),
    "a check without a name": (OTHER, f"{OTHER}, CheckConstraint('other > 0')"),
    "a check that changes": (
        f"{OTHER}, CheckConstraint('other > 0', name='c')",
        f"{OTHER}, CheckConstraint('other > 1', name='c')",
    ),
    "a check that goes": (f"{OTHER}, CheckConstraint('other > 0')", OTHER),
    "a percent sign": (
        OTHER,
        PERCENT,
    ),
    "an exclusion": (
        OTHER,
        f"{OTHER}, Column('r', pg.INT4RANGE), pg.ExcludeConstraint((column('r'), '&&'), name='x')",
    ),
    "an index that is called otherwise": (
        f"{OTHER}, Index('old', 'other')",
        f"{OTHER}, Index('new', 'other')",
    ),
    "a check that is called otherwise": (
        f"{OTHER}, CheckConstraint('other > 0', name='old')",
        f"{OTHER}, CheckConstraint('other > 0', name='new')",
    ),
    "odd defaults beside a change": (f"{ODD}{OTHER}", f"{ODD}{OTHER}, Column('more', Integer)"),
    "an odd default that changes": (
        "Column('data', JSON, server_default=text(\"'{}'\"))",
        "Column('data', JSON, server_default=text(\"'[1]'\"))",
    ),
    "generated columns, of a column that gets another type": (
        OTHER,
        (
            "Column('other', BigInteger), Column('g', BigInteger, Computed('other'), index=True),"
            " Column('s', BigInteger, Computed('other + 2', persisted=True), index=True)"
        ),
    ),
    "indexes whose condition, method, columns beside or options change": (
        (
            f"{OTHER}, Index('w', 'other', postgresql_where=text('id > 1')), Index('m', 'other'),"
            " Index('i', 'other'), Index('o', 'other')"
        ),
        (
            f"{OTHER}, Index('w', 'other', postgresql_where=text('id > 2')),"
            " Index('m', 'other', postgresql_using='hash'), Index('i', 'other',"
            " postgresql_include=['id']), Index('o', 'other', postgresql_with={'fillfactor': 70})"
        ),
    ),
    "a comment": (OTHER, "Column('other', Integer, comment='it is 100%')"),
    "a unique without a name": (OTHER, "Column('other', Integer, unique=True)"),
    "a foreign key without a name": (
        OTHER,
        "Column('other', Integer, ForeignKey('customer.id'))",
    ),
    "a column that becomes required": (OTHER, "Column('other', Integer, nullable=False)"),
}


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    return written.make(folder, database)


@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_models_is_written_whole(
    project: WrittenProject, old: str, new: str
) -> None:
    """The revision is run up, down and up without edits, and no difference remains."""
    project.models(TABLE.format(parts=old))
    first = project.write()
    assert (first.unwritten, first.left) == ((), ())
    project.models(TABLE.format(parts=new))
    second = project.write()
    assert (second.unwritten, second.left) == ((), ()), second.files
    assert second.changes
    texts = [file.read_text("utf-8") for file in second.files]
    assert not any("%%" in text for text in texts)
    upgrades = [text.partition("def downgrade")[0] for text in texts]
    assert any("::text::" in text for text in upgrades) <= bool(second.notes)
    assert project.write().files == ()


SAME = {
    "a check without a name": f"{OTHER}, CheckConstraint('other > 0')",
    "an index of another database": f"{OTHER}, Index('ix', 'other'){ELSEWHERE}",
    "a check of another database": f"{OTHER}, CheckConstraint('other > 0'){ELSEWHERE}",
    "odd defaults": ODD + OTHER,
    "an enum": KIND,
    "a boolean with a check": "Column('b', Boolean(create_constraint=True))",
}


@pytest.mark.parametrize("parts", SAME.values(), ids=SAME)
def test_nothing_is_written_that_makes_no_difference(project: WrittenProject, parts: str) -> None:
    project.models(TABLE.format(parts=parts))
    project.write()
    project.models(TABLE.format(parts=parts + ", Column('note', Text)"))
    [file] = project.write().files
    upgrade = file.read_text("utf-8").partition("def upgrade")[2]
    operations = [line.strip() for line in upgrade.splitlines() if line.strip().startswith("op.")]
    assert operations == [
        "op.add_column('customer', sa.Column('note', sa.Text(), nullable=True))",
        "op.drop_column('customer', 'note')",
    ]


def test_what_is_ignored_is_not_written(project: WrittenProject) -> None:
    project.models(TABLE.format(parts=OTHER))
    project.write()
    project.models(
        TABLE.format(parts="Column('other', BigInteger)")
        + "Table('tmp_1', Base.metadata, Column('id', Integer))\n"
    )
    ignoring = project.with_(ignore=("public.tmp_*", "public.customer"))
    assert ignoring.write().files == ()


IGNORED = {
    "a table with an index": "Table('tmp_1', Base.metadata, Column('id', Integer, index=True))",
    "a table with an enum": (
        "Table('tmp_1', Base.metadata, Column('k', Enum('a', name='tmp_k')),"
        " Column('b', ForeignKey('customer.id')))"
    ),
    "a sequence": "Sequence('tmp_s', metadata=Base.metadata)",
}


@pytest.mark.parametrize("ignored", IGNORED.values(), ids=IGNORED)
def test_other_changes_are_written_without_what_is_ignored(
    project: WrittenProject, ignored: str
) -> None:
    project.models(TABLE.format(parts=OTHER))
    project.write()
    project.models(TABLE.format(parts=f"{OTHER}, Column('note', Text)") + ignored + "\n")
    made = project.with_(ignore=("public.tmp_*",)).write()
    assert ([str(one.path) for one in made.changes], made.left) == (["public.customer.note"], ())
    assert "tmp_" not in "".join(file.read_text("utf-8") for file in made.files)


def test_only_what_is_asked_for_is_written(project: WrittenProject) -> None:
    project.models(TABLE.format(parts=OTHER))
    project.write()
    other = "Table('tag', Base.metadata, Column('id', Integer), Column('k', Enum('x', name='x')))\n"
    project.models(TABLE.format(parts=f"{OTHER}, {KIND}, Column('note', Text)") + other)
    first = project.write(only=("public.customer.kind",))
    assert {one.path for one in first.changes} == {"public.customer.kind", "public.kind"}
    assert {one.path for one in first.left} == {"public.customer.note", "public.tag", "public.x"}
    assert first.unwritten == ()
    # Models and history differ from now on, so only changes that are asked for are written.
    nothing = project.write()
    assert nothing.files == ()
    assert {one.path for one in nothing.left} == {one.path for one in first.left}
    assert project.write(only=("*",)).left == ()
    assert project.write() == nothing.__class__((), (), (), ())
