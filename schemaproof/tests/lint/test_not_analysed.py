"""SQL that PostgreSQL's parser refuses, such as an expression that is nested too deeply."""

import pytest

from schemaproof.lint import row_checks
from schemaproof.lint.columns import Columns
from schemaproof.lint.lock_modes import Work
from schemaproof.lint.locks import statement_locks
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    Index,
    Relation,
    Schema,
    Snapshot,
)
from schemaproof.schema.values import SqlText
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tokens import NotAnalysed

TOO_DEEP = 40_000  # At this many levels, writing the tree would end the process.
DEEP = " || ".join(["c"] * 3_000)
CHECK = Constraint(name="deep", kind="check", definition=SqlText((f"CHECK ({DEEP} <> '')",)))
INDEX = Index(
    name="by_deep",
    definition=SqlText((f"CREATE UNIQUE INDEX by_deep ON public.t USING btree (({DEEP}))",)),
)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + " + ".join(["1"] * TOO_DEEP),
        "SELECT " + "(" * TOO_DEEP + "1" + ")" * TOO_DEEP,
        "SELECT 1" + " ISNULL" * TOO_DEEP,
        "SELECT 1" + "::int" * TOO_DEEP,
        "SELECT " + " || ".join(["f(a, b)"] * TOO_DEEP),
        "SELECT " + " || ".join(["ARRAY[1, 2]"] * TOO_DEEP),
        "SELECT " + " + ".join(["CASE WHEN a AND b THEN 1 END"] * TOO_DEEP),
        "SELECT 1, 2" + " UNION SELECT 1, 2" * TOO_DEEP,
        "SELECT FROM a, b" + " CROSS JOIN t, u" * TOO_DEEP,
        "SELECT 1; INSERT INTO t SELECT a, " + " - ".join(["b"] * TOO_DEEP) + "; SELECT 1",
    ],
    ids=lambda sql: sql[:40],
)
def test_what_would_end_the_process_is_too_deep_to_be_read(sql: str) -> None:
    with pytest.raises(NotAnalysed, match="too deep to be read"):
        sql_tree.statements(sql)
    (lock,) = statement_locks(sql)
    assert lock.work is Work.UNKNOWN


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES " + ", ".join(["(1, 'a', now())"] * TOO_DEEP),
        "SELECT a IN (" + ", ".join(["1"] * TOO_DEEP) + ")",
        "SELECT 1; " * TOO_DEEP,
        "SELECT '" + "1 + " * TOO_DEEP + "'",
        "SELECT 1 /*" + " + 1" * TOO_DEEP + "*/",
    ],
    ids=lambda sql: sql[:40],
)
def test_what_is_long_and_flat_is_read(sql: str) -> None:
    assert sql_tree.statements(sql)


def schema(length: int, *, constraints: bool = True, indexes: bool = True) -> Snapshot:
    table = Relation(
        name="t",
        columns=(
            Column(name="c", position=1, type="character varying", type_modifier=f"({length})"),
        ),
        constraints=(CHECK,) * constraints,
        indexes=(INDEX,) * indexes,
    )
    return Snapshot((Schema(name="public", relations=(table,)),))


def test_a_column_of_it_is_said_to_make_the_work_that_it_may_make() -> None:
    statement = "ALTER TABLE t ALTER COLUMN c TYPE varchar(20)"
    for indexes, work in ((False, Work.SCAN), (True, Work.BUILD)):
        around = Columns((schema(10, indexes=indexes),), schema(20, indexes=indexes))
        (lock,) = statement_locks(statement, around)
        assert lock.work is work
    around = Columns((schema(10),), schema(10))
    (lock,) = statement_locks("ALTER TABLE t ALTER c SET NOT NULL", around)
    assert lock.work is Work.SCAN


def test_what_it_asks_of_rows_cannot_be_counted_and_is_not_left_out() -> None:
    before = schema(10, constraints=False, indexes=False)
    found = list(row_checks.checks_between([before], schema(10)))
    assert [(one.rule, one.subject, one.shown) for one in found] == [
        ("check-violated", "deep", ""),
        ("unique-violated", "by_deep", ""),
    ]
