"""How long a lock is held on a large table, and when that is too long."""

from dataclasses import replace
from pathlib import Path

import pytest

from schemaproof.lint import database_rules, locks, table_statistics
from schemaproof.lint.columns import Columns
from schemaproof.lint.findings import Level
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.statements import Statement
from schemaproof.lint.table_statistics import Size
from schemaproof.schema.database_objects import Relation, Schema, Snapshot
from schemaproof.schema.values import SqlText

MEBIBYTE = 1024 * 1024
SCAN = "ALTER TABLE public.t ADD CONSTRAINT k CHECK (a > 0)"
BUILD = "CREATE INDEX i ON public.t (a)"
REWRITE = "ALTER TABLE public.t ALTER COLUMN a TYPE bigint"
# The fields are the statement, the sizes of the table and of its indexes in MiB, and the seconds.
CASES = [
    (SCAN, 400, 0, 2.0),
    (SCAN, 400, 400, 2.0),
    (BUILD, 400, 400, 10.0),
    (REWRITE, 400, 0, 10.0),
    (REWRITE, 400, 200, 15.0),
    ("ALTER TABLE public.t ADD COLUMN b int", 400, 200, 0.0),
    ("UPDATE public.t SET a = 1", 400, 200, None),
]
# These are not reported, because they are short or block nobody.
HARMLESS = [
    (SCAN, 199),
    (BUILD, 39),
    ("CREATE INDEX CONCURRENTLY i ON public.t (a)", 4000),
    ("ALTER TABLE public.t VALIDATE CONSTRAINT k", 4000),
    ("ALTER TABLE public.t ADD COLUMN b int", 4000),
    ("DO $$ BEGIN DROP TABLE public.t; END $$", 4000),
]


def size(table: int, indexes: int = 0) -> Size:
    return Size(7, table * MEBIBYTE, indexes * MEBIBYTE)


def revision(sql: str) -> LintedRevision:
    statement = Statement(sql, line=11, verbatim=True, autocommit=False)
    return LintedRevision("aa", "", Path("aa.py"), "", (statement,), None, None, None)


@pytest.mark.parametrize(("sql", "table", "indexes", "seconds"), CASES)
def test_a_lock_lasts_as_long_as_the_work_on_the_table(
    sql: str, table: int, indexes: int, seconds: float | None
) -> None:
    lock, *_ = locks.statement_locks(sql)
    assert table_statistics.seconds(lock, size(table, indexes)) == seconds


@pytest.mark.parametrize("sql", [SCAN, BUILD, REWRITE])
def test_a_lock_that_keeps_others_waiting_for_long_is_an_error(sql: str) -> None:
    (found,) = database_rules.long_locks(revision(sql), {"public.t": size(400)})
    assert (found.rule, found.level, found.line) == ("long-lock", Level.ERROR, 11)
    assert found.message.startswith("public.t (7 rows): ")


@pytest.mark.parametrize(("sql", "table"), HARMLESS)
def test_what_is_short_or_in_nobody_s_way_is_not(sql: str, table: int) -> None:
    assert list(database_rules.long_locks(revision(sql), {"public.t": size(table)})) == []


def test_a_table_that_is_not_there_yet_keeps_nobody_waiting() -> None:
    assert list(database_rules.long_locks(revision(SCAN), {})) == []


def test_a_default_partition_is_named_and_partitions_that_their_parent_counts_are_not() -> None:
    whole = Relation(name="t", kind="partitioned table", partition_key=SqlText(("LIST (a)",)))
    rest = Relation(name="rest", partition_of=SqlText(("public.t DEFAULT",)))
    around = Columns((Snapshot((Schema(name="public", relations=(whole, rest)),)),))
    sizes = {"t": size(400), "public.t": size(400), "public.rest": size(400)}
    for sql, table in (
        ("CREATE TABLE new PARTITION OF t FOR VALUES IN (1)", "public.rest"),
        (SCAN, "public.t"),
        ("ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0)", "t"),
    ):
        statement = Statement(sql, line=1, verbatim=True, autocommit=False, columns=around)
        (found,) = database_rules.long_locks(replace(revision(sql), statements=(statement,)), sizes)
        assert found.message.startswith(f"{table} (")
