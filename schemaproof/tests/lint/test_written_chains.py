"""Written revisions and a database with rows: the linter has nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from schemaproof.catalog.catalog import reading
from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import Scratch
from schemaproof.lint import linting
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject, run_sql

pytestmark = pytest.mark.slow

ID: Final = "Column('id', Integer, primary_key=True)"
TABLE: Final = f"Table('{{}}', Base.metadata, {ID}, Column('n', Integer), Column('w', Text){{}})\n"
OTHER: Final = f"Table('other', Base.metadata, {ID})\n"
UUID: Final = "Column('u', Uuid, server_default=text('gen_random_uuid()'), nullable=False)"
MORE: Final = ", Column('more', Integer, ForeignKey('other.id'), nullable=False, unique=True)"
KIND: Final = ", Column('kind', Enum({}, name='kind_{}'), nullable=False, server_default='a')"
# The parts of each table before and after the change.
PARTS: Final = {
    "indexed": (", Index('ix_o', 'n')", ", Index('ix_n', 'w')"),
    "keyed": ("", ", UniqueConstraint('n', name='uq')"),
    "referring": ("", ", ForeignKeyConstraint(['n'], ['other.id']), CheckConstraint('n > 0')"),
    "filled": ("", MORE + ", CheckConstraint('more < n + 2', name='ck_more')"),
    "volatile": ("", f", {UUID}, UniqueConstraint('u', 'w', name='uq_u')"),
    "optional": ("", ", Column('a', Integer, unique=True), Column('b', Integer)"),
    "labelled": (KIND.format("'a', 'b'", "x"), KIND.format("'a', 'c', 'b'", "x")),
    "unlabelled": (KIND.format("'a', 'b'", "y"), KIND.format("'a', 'c'", "y")),
    "new_type": ("", KIND.format("'a'", "z") + ", CheckConstraint(\"kind = 'a'\", name='ck_z')"),
    "dropped": (", Column('gone', Integer, nullable=False, server_default='1')", ""),
    "split": (", Index('ix_s', 'n')", ", Index('ix_s', 'n'), postgresql_partition_by='RANGE (id)'"),
}
# These columns change in other ways, by the name of their table.
CHANGED: Final = {
    "required": ("'n', Integer", "'n', Integer, nullable=False"),
    "wider": ("'n', Integer", "'n', BigInteger, nullable=False, unique=True"),
    "wider_key": ("'id', Integer", "'id', BigInteger"),
    "renamed": ("'w', Text", "'v', Text"),
    "shorter": ("'w', Text", "'w', String(5), nullable=False"),
}
PARTITION: Final = "CREATE TABLE split_1 PARTITION OF split FOR VALUES FROM (0) TO (100)"
AFTER: Final = f"event.listen(Base.metadata.tables['split'], 'after_create', DDL({PARTITION!r}))\n"
ROWS: Final = (
    "INSERT INTO {} (id, n, w) SELECT id, id, 'w' || id FROM generate_series(1, 9) id RETURNING 1"
)


def test_nothing_is_found_with_the_rows_at_hand(folder: Path, database: Database) -> None:
    with _at_first(folder, database) as (project, there):
        assert _found(project, there, "n + 1") == []


def test_a_value_that_is_filled_in_and_breaks_a_condition_is_found(
    folder: Path, database: Database
) -> None:
    with _at_first(folder, database) as (project, there):
        found = _found(project, there, "n + 3")
    assert sorted(one.partition(" such as")[0].partition(": ")[2] for one in found) == [
        "public.filled: ck_more: 9 rows in the way,",
        "public.filled: filled_more_fkey: 2 rows in the way,",
    ]


@contextmanager
def _at_first(folder: Path, database: Database) -> Iterator[tuple[WrittenProject, Scratch]]:
    """Yield a project whose models have changed, and rows in the tables as they were."""
    project = written.make(folder, database)
    project.models(_models(is_after=False))
    project.write(rev_id="first")
    project.models(_models(is_after=True))
    with (
        ProjectProbe(project.project) as probe,
        scratch.project_scratch(project.project) as there,
    ):
        probe.upgrade(there, "first")
        run_sql(there, "INSERT INTO other SELECT generate_series(1, 10) RETURNING 1")
        for table in (*PARTS, *CHANGED):
            run_sql(there, ROWS.format(table))
        yield project, there


def _models(*, is_after: bool) -> str:
    tables = [TABLE.format(name, more[is_after]) for name, more in PARTS.items()]
    for name, (old, new) in CHANGED.items():
        table = TABLE.format(name, "")
        tables.append(table.replace(old, new) if is_after else table)
    return OTHER + "".join(tables) + (AFTER if is_after else "")


def _found(project: WrittenProject, there: Scratch, filled: str) -> list[str]:
    """Write the revisions, fill in a value, and return what the linter finds."""
    made = project.write(rename=("renamed.w=v",))
    assert (made.unwritten, made.left) == ((), ())
    for file in made.files:
        text = file.read_text("utf-8")
        file.write_text(text.replace('= NULL"', f'= {filled}"'), "utf-8")
    project.record()
    pending, options = project.linted(made), linting.left_out(project.project.lint_options)
    with reading(there.connection):
        found = linting.lint_pending(there.connection, pending, project.project.scope, options)
    return [f"{one.rule}: {one.message}" for one in found] + project.lint(made)
