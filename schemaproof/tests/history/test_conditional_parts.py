"""``ddl_if`` decides what exists on PostgreSQL; revisions contain that, and nothing else."""

from pathlib import Path

import pytest

from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

TABLE = """
def only_for(name):
    def decide(ddl, target, bind, state=None, **given):
        return given["dialect"].name == name and state in (None, name)
    return decide


class Thing(Base):
    __tablename__ = "thing"
    __table_args__ = ({parts},)
    id = Column(Integer, primary_key=True)
    other = Column(Integer)
"""
LEFT_OUT = {
    "by the dialect": "ddl_if(dialect='sqlite')",
    "by several dialects": "ddl_if(dialect=('sqlite', 'mysql'))",
    "by a function": "ddl_if(callable_=only_for('sqlite'))",
    "by its state": "ddl_if(callable_=only_for('postgresql'), state='sqlite')",
    "by a function beside the dialect": (
        "ddl_if(dialect='postgresql', callable_=only_for('sqlite'))"
    ),
}
KEPT = {
    "by the dialect": "ddl_if(dialect='postgresql')",
    "by a function": "ddl_if(callable_=only_for('postgresql'))",
    "by its state": "ddl_if(callable_=only_for('postgresql'), state='postgresql')",
}
PARTS = (
    "Index('ix_other', 'other').{0}, CheckConstraint('other > 0', name='ck_other').{0},"
    " UniqueConstraint('other', name='uq_other').{0}"
)
NAMES = ("ix_other", "ck_other", "uq_other")


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    """A project without a revision."""
    return written.make(folder, database)


def _written(project: WrittenProject, parts: str) -> str:
    project.models(TABLE.format(parts=parts))
    return "".join(path.read_text("utf-8") for path in project.write().files)


@pytest.mark.parametrize("condition", LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_new_table_has_no_part_that_is_left_out(project: WrittenProject, condition: str) -> None:
    text = _written(project, PARTS.format(condition))
    assert "create_table" in text
    assert [name for name in NAMES if name in text] == []


@pytest.mark.parametrize("condition", LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_table_that_is_there_gets_no_part_that_is_left_out(
    project: WrittenProject, condition: str
) -> None:
    _written(project, "CheckConstraint('id > 0')")
    parts = f"{PARTS.format(condition)}, CheckConstraint('id > 0'), Index('ix_new', 'other')"
    text = _written(project, parts)
    assert "ix_new" in text
    assert [name for name in NAMES if name in text] == []


@pytest.mark.parametrize("condition", KEPT.values(), ids=KEPT)
def test_what_postgresql_has_is_written(project: WrittenProject, condition: str) -> None:
    text = _written(project, PARTS.format(condition))
    assert [name for name in NAMES if name in text] == [*NAMES]
