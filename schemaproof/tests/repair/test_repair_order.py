"""A repair creates an object before the statements that name it."""

import pytest

from schemaproof.findings.steps import Phase, Step
from schemaproof.repair.order import in_order
from schemaproof.schema.paths import ObjectPath
from schemaproof.sql.sql_names import with_former_names


def step(sql: str, creates: str = "", phase: Phase = Phase.CREATE_DEFINITIONS) -> Step:
    return Step(ObjectPath("somewhere"), phase, sql, creates=creates)


TABLE = step('CREATE TABLE "q"."t" (m q.mood DEFAULT q.f())', "q.t")
TYPE = step("CREATE TYPE q.mood AS ENUM ('a')", "q.mood")
FUNCTION = step("CREATE FUNCTION q.f()\nAS $$ SELECT FROM q.v $$", "q.f")
VIEW = step("CREATE VIEW q.v AS SELECT * FROM q.t", "q.v")


def test_what_is_named_comes_first() -> None:
    assert in_order([VIEW, TABLE, TYPE, FUNCTION]) == [TYPE, FUNCTION, TABLE, VIEW]


def test_what_names_nothing_stays_in_its_order() -> None:
    steps = [step("CREATE TYPE q.b AS ()", "q.b"), step("CREATE TYPE q.a AS ()", "q.a")]
    assert in_order(steps) == steps


def test_what_is_dropped_goes_before_its_like_is_created() -> None:
    drop = step("DROP VIEW q.v", phase=Phase.DROP_VIEWS)
    assert in_order([drop, VIEW]) == [drop, VIEW]


def test_two_that_name_each_other_are_both_kept() -> None:
    one, other = step("CREATE q.a FOR q.b", "q.a"), step("CREATE q.b FOR q.a", "q.b")
    assert set(in_order([one, other])) == {one, other}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT q.new", "SELECT q.old"),
        ("SELECT q.new_one", "SELECT q.new_one"),
        ('SELECT "q.new".x, q."new"', 'SELECT "q.new".x, q."new"'),
        ("'q.new'::regclass", "'q.old'::regclass"),
        ("OPERATOR(q.=#=)", "OPERATOR(q.=)"),
        # Only some of these are names; others only look like names.
        ("CHECK (a <> '\"' AND q.new(a))", "CHECK (a <> '\"' AND q.old(a))"),
        ("CHECK (a <> 'q.new')", "CHECK (a <> 'q.new')"),
        ("nextval('q.new'::regclass)", "nextval('q.old'::regclass)"),
        ("'ä', 'ß'::text, q.new", "'ä', 'ß'::text, q.old"),
        ("FUNCTION q.f()\nAS $$ q.new $$", "FUNCTION q.f()\nAS $$ q.new $$"),
        ("BEGIN ATOMIC\n SELECT q.new();\nEND", "BEGIN ATOMIC\n SELECT q.old();\nEND"),
        ("a /* it's */ + q.new -- \"", "a /* it's */ + q.old -- \""),
        ("q.new.a", "q.old.a"),
    ],
)
def test_former_names_stand_for_whole_names(sql: str, expected: str) -> None:
    assert with_former_names(sql, {"q.new": "q.old", "q.=#=": "q.="}) == expected


def test_a_string_hides_no_name_and_says_none() -> None:
    check = step("CREATE DOMAIN q.d AS text CHECK (VALUE <> '\"' AND q.ok(VALUE))", "q.d")
    function = step("CREATE FUNCTION q.ok(text)\nAS $$ q.d $$", "q.ok")
    label = step("CREATE TYPE q.a AS ENUM ('q.z')", "q.a")
    other = step("CREATE TYPE q.z AS ENUM ('q')", "q.z")
    assert in_order([check, function]) == [function, check]
    assert in_order([label, other]) == [label, other]
