"""Revisions that ``revision`` writes hold strong locks only for a moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from schemaproof.history.revision_request import Written
from schemaproof.lint.revisions import LintedRevision
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import servers as test_servers
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

TABLE: Final = """
Table('{name}', Base.metadata, Column('id', Integer, primary_key=True),
    Column('name', Text), Column('age', Integer){parts})
"""
NOT_NULL: Final = (
    (
        "ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_is_not_null"
        " CHECK ({column} IS NOT NULL) NOT VALID"
    ),
    "AUTO ALTER TABLE {table} VALIDATE CONSTRAINT {table}_{column}_is_not_null",
    (
        "ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;"
        " ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_is_not_null"
    ),
)
UUID: Final = "Column('u', Uuid, server_default=text('gen_random_uuid()')"
WITHOUT: Final = (
    (
        "ALTER TABLE {table} ADD COLUMN u UUID;"
        " ALTER TABLE {table} ALTER COLUMN u SET DEFAULT gen_random_uuid()"
    ),
    "BACKFILL {table}.u = DEFAULT",
)


class Case(NamedTuple):
    """A change of a table: its parts before and after, and the SQL of each revision."""

    old: str
    new: str
    revisions: tuple[str, ...]


CASES: Final = {
    "index_added": Case(
        "",
        "Index('{table}_ix', 'name')",
        ("AUTO CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_ix ON {table} (name)",),
    ),
    "index_dropped": Case(
        "Index('{table}_ix', 'name')",
        "",
        ("AUTO DROP INDEX CONCURRENTLY IF EXISTS {table}_ix",),
    ),
    "index_changed": Case(
        "Index('{table}_ix', 'name')",
        "Index('{table}_ix', 'name', 'age')",
        (
            "AUTO DROP INDEX CONCURRENTLY IF EXISTS {table}_ix",
            "AUTO CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_ix ON {table} (name, age)",
        ),
    ),
    "unique_added": Case(
        "",
        "UniqueConstraint('name', name='{table}_ix')",
        (
            (
                "AUTO CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {table}_ix"
                " ON public.{table} (name)"
            ),
            "ALTER TABLE public.{table} ADD CONSTRAINT {table}_ix UNIQUE USING INDEX {table}_ix",
        ),
    ),
    "unique_deferrable": Case(
        "",
        "UniqueConstraint('age', deferrable=True, initially='DEFERRED')",
        (
            (
                "AUTO CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {table}_age_key"
                " ON public.{table} (age)"
            ),
            (
                "ALTER TABLE public.{table} ADD CONSTRAINT {table}_age_key UNIQUE"
                " USING INDEX {table}_age_key DEFERRABLE INITIALLY DEFERRED"
            ),
        ),
    ),
    "unique_dropped": Case(
        "UniqueConstraint('name', name='uq_dropped')",
        "",
        ("ALTER TABLE public.{table} DROP CONSTRAINT uq_dropped",),
    ),
    "key_added": Case(
        "",
        "ForeignKeyConstraint(['age'], ['other.id'])",
        (
            (
                "ALTER TABLE {table} ADD CONSTRAINT {table}_age_fkey FOREIGN KEY(age)"
                " REFERENCES other (id) NOT VALID"
            ),
            "AUTO ALTER TABLE {table} VALIDATE CONSTRAINT {table}_age_fkey",
        ),
    ),
    "check_added": Case(
        "",
        "CheckConstraint('age > 0', name='ck')",
        (
            "ALTER TABLE public.{table} ADD CONSTRAINT ck CHECK ((age > 0)) NOT VALID",
            "AUTO ALTER TABLE public.{table} VALIDATE CONSTRAINT ck",
        ),
    ),
    "check_changed": Case(
        "CheckConstraint('age > 0', name='ck')",
        "CheckConstraint('age > 1', name='ck')",
        (
            "ALTER TABLE public.{table} DROP CONSTRAINT ck",
            "ALTER TABLE public.{table} ADD CONSTRAINT ck CHECK ((age > 1)) NOT VALID",
            "AUTO ALTER TABLE public.{table} VALIDATE CONSTRAINT ck",
        ),
    ),
    "column_required": Case(
        "Column('n', Integer)",
        "Column('n', Integer, nullable=False)",
        tuple(one.format(table="{table}", column="n") for one in NOT_NULL),
    ),
    "column_plain": Case(
        "",
        "Column('n', Integer, nullable=False, server_default='1')",
        ("ALTER TABLE {table} ADD COLUMN n INTEGER DEFAULT '1' NOT NULL",),
    ),
    "column_volatile": Case("", f"{UUID})", WITHOUT),
    "column_volatile_required": Case(
        "",
        f"{UUID}, nullable=False)",
        (*WITHOUT, *(one.format(table="{table}", column="u") for one in NOT_NULL)),
    ),
    "column_dropped": Case(
        "Column('note', Text, nullable=False), Index('{table}_ix', 'note')",
        "",
        (
            "AUTO DROP INDEX CONCURRENTLY IF EXISTS {table}_ix",
            "ALTER TABLE {table} ALTER COLUMN note DROP NOT NULL",
            "CONTRACT ALTER TABLE {table} DROP COLUMN note",
        ),
    ),
}


@dataclass(frozen=True)
class Chain:
    """The revisions that were written for all cases together."""

    project: WrittenProject
    made: Written
    revisions: list[LintedRevision]


@pytest.fixture(scope="module")
def chain(server: LocalServer) -> Iterator[Chain]:
    with written.opened(server) as project:
        other = "Table('other', Base.metadata, Column('id', Integer, primary_key=True))\n"
        dropped = TABLE.format(name="dropped", parts=", Index('dropped_ix', 'name')")
        project.models(other + dropped + _tables("old"))
        project.write()
        project.models(other + _tables("new"))
        made = project.write()
        yield Chain(project, made, project.linted(made))


def _tables(which: str) -> str:
    parts = {name: getattr(case, which).format(table=name) for name, case in CASES.items()}
    return "".join(
        TABLE.format(name=name, parts=", " + more if more else "") for name, more in parts.items()
    )


def _table_sql(chain: Chain, table: str) -> list[str]:
    """Return the SQL about a table, one text for each revision."""
    found = []
    for one in chain.revisions:
        texts = [
            f"BACKFILL {filled[1]}.{filled[2]} = {filled[3]}"
            if (filled := re.search(r"UPDATE (\S+) SET (\S+) = (\S+)", part.sql))
            else ("AUTO " if part.autocommit else "") + part.sql
            for part in one.statements
            if re.search(rf"\b{table}(_ix)?\b", part.sql)
        ]
        if texts:
            found.append(("CONTRACT " if one.is_declared_contract else "") + "; ".join(texts))
    return found


def test_the_linter_has_nothing_to_say(chain: Chain) -> None:
    assert (chain.made.unwritten, chain.made.left, chain.made.notes) == ((), (), ())
    assert chain.project.lint(chain.made) == []
    assert chain.project.write().files == ()


def test_the_revisions_are_numbered(chain: Chain) -> None:
    count = len(chain.revisions)
    assert [one.title for one in chain.revisions] == [
        f"change ({number}/{count})" for number in range(1, count + 1)
    ]


@pytest.mark.parametrize("table", CASES)
def test_a_change_is_written_in_its_form(chain: Chain, table: str) -> None:
    expected = [one.format(table=table) for one in CASES[table].revisions]
    assert _table_sql(chain, table) == expected


def test_a_table_goes_last_and_its_indexes_come_back_with_it(chain: Chain) -> None:
    assert _table_sql(chain, "dropped") == ["CONTRACT DROP TABLE dropped"]
    assert chain.revisions[-1].is_declared_contract
    [file] = [one for one in chain.made.files if "drop_table('dropped')" in one.read_text("utf-8")]
    assert (
        "op.create_index(op.f('dropped_ix')"
        in file.read_text("utf-8").partition("def downgrade")[2]
    )


@pytest.mark.skipif(test_servers.default_major() < 18, reason="18 has NOT NULL NOT VALID")
def test_where_all_are_18_not_null_is_asked_for_as_it_is(folder: Path, database: Database) -> None:
    project = written.make(folder, database).with_(postgresql=18)
    project.models(TABLE.format(name="t", parts=""))
    project.write()
    project.models(TABLE.format(name="t", parts="").replace("Text)", "Text, nullable=False)"))
    made = project.write()
    assert [one.statements[0].sql for one in project.linted(made)] == [
        "ALTER TABLE t ADD CONSTRAINT t_name_not_null NOT NULL name NOT VALID",
        "ALTER TABLE t VALIDATE CONSTRAINT t_name_not_null",
    ]
    assert (project.lint(made), project.write().files) == ([], ())
