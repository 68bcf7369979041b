"""Parse definitions for a repair, with names and strings that look like SQL."""

import pytest

from schemaproof.compare.objects import mentioned_name
from schemaproof.compare.renamed_parts import without_name
from schemaproof.repair.indexes import repair_indexes
from schemaproof.repair.objects import Home
from schemaproof.repair.types import change_type
from schemaproof.schema.database_objects import DatabaseObject, Index, Relation, Snapshot
from schemaproof.schema.paths import path
from schemaproof_testing.snapshot_strategies import sql

INDEX = "CREATE INDEX {} ON q.t USING btree (a){}"
HOME = Home(path("q"), "q")


@pytest.mark.parametrize(
    ("wanted", "found", "changes"),
    [
        ("", " WITH (fillfactor='70')", ['RESET ("fillfactor")']),
        (" WITH (deduplicate_items=off)", "", ["SET (\"deduplicate_items\" = 'off')"]),
        (" WHERE (b = ' WITH (fillfactor=70) WHERE '::text)", " WHERE (b = 'x'::text)", []),
        (
            " WITH (fillfactor='70') WHERE (b = ')'::text)",
            " WHERE (b = ' WITH (x=1)'::text)",
            ["SET (\"fillfactor\" = '70')"],
        ),
    ],
)
def test_options_of_an_index_are_its_own(wanted: str, found: str, changes: list[str]) -> None:
    one, other = (
        Relation(
            name="t",
            indexes=(Index(name="i", definition=sql(INDEX.format("i", text)), constraint="c"),),
        )
        for text in (wanted, found)
    )
    steps = [step.sql for step in repair_indexes("q", one, other)]
    assert steps == [f'ALTER INDEX "q"."i" {change}' for change in changes]


def test_an_index_is_of_a_whole_table_where_its_statement_says_so() -> None:
    name = '"a ON ONLY b"'
    invalid = Index(name="a ON ONLY b", definition=sql(INDEX.format(name, "")), valid=False)
    valid = Index(name="a ON ONLY b", definition=sql(INDEX.format(name, "")))
    steps = repair_indexes(
        "q", Relation(name="t", indexes=(valid,)), Relation(name="t", indexes=(invalid,))
    )
    assert [step.sql.split()[0] for step in steps] == ["DROP", "CREATE"]


@pytest.mark.parametrize("name", ["i", "I", "a b", 'a" ON b', "select", "a INDEX b ON c"])
def test_an_index_is_told_without_its_name(name: str) -> None:
    rest = " ON q.t USING btree (a) WHERE (b = ' INDEX x ON y')"
    assert without_name(name, f"CREATE INDEX {path(name)}{rest}") == f"CREATE INDEX{rest}"


RANGE = "CREATE TYPE q.r AS RANGE (SUBTYPE = numeric, MULTIRANGE_TYPE_NAME = {})"


@pytest.mark.parametrize(
    ("kind", "wanted", "found", "changes"),
    [
        (
            "range-type",
            RANGE.format('q."a, b)"'),
            RANGE.format('q."c.d"'),
            ['ALTER TYPE q."c.d" RENAME TO "a, b)"'],
        ),
        (
            "enum",
            "CREATE TYPE q.\"x AS ENUM (\" AS ENUM ('a, ''b', E'\\\\')",
            "CREATE TYPE q.\"x AS ENUM (\" AS ENUM ('a, ''b')",
            ["ALTER TYPE q.r ADD VALUE E'\\\\' AFTER 'a, ''b'"],
        ),
        (
            "domain",
            "CREATE DOMAIN q.r AS text;\nALTER DOMAIN q.r SET DEFAULT ';\nALTER DOMAIN x'::text",
            "CREATE DOMAIN q.r AS text;\nALTER DOMAIN q.r SET DEFAULT 'y'::text",
            [
                "ALTER DOMAIN q.r DROP DEFAULT",
                "ALTER DOMAIN q.r SET DEFAULT ';\nALTER DOMAIN x'::text",
            ],
        ),
    ],
)
def test_a_type_is_changed_in_place(kind: str, wanted: str, found: str, changes: list[str]) -> None:
    one, other = (
        DatabaseObject(kind=kind, name="r", definition=sql(text)) for text in (wanted, found)
    )
    steps = change_type(HOME, one, other, Snapshot(), Snapshot())
    assert [step.sql for step in steps] == changes


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ("f(integer)", "q.f"),
        ('"a (b"(integer)', 'q."a (b"'),
        ("=== (integer, integer)", "q.==="),
        ('"x USING y" USING btree', 'q."x USING y"'),
        ('"domain (one)"', 'q."domain (one)"'),
    ],
)
def test_what_others_call_an_object_has_no_arguments(item: str, named: str) -> None:
    found = DatabaseObject(kind="function", name=item, definition=sql(""))
    assert mentioned_name(HOME.path, found) == named


BODY = "CREATE FUNCTION q.f()\nAS $function$ -- don't\n SELECT '{}' $function$"


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("CURRENT_TIMESTAMP", "now()", True),
        ("transaction_timestamp() + '1 day'", "now() + '1 day'", True),
        ("'CURRENT_TIMESTAMP'", "'now()'", False),
        ("CURRENT_TIMESTAMP(3)", "now()", False),
        ('"CURRENT_TIMESTAMP"', "now()", False),
        (BODY.format("CURRENT_TIMESTAMP"), BODY.format("now()"), False),
        ("'it''s' < CURRENT_TIMESTAMP", "'it''s' < now()", True),
    ],
)
def test_now_has_names_where_it_is_called(one: str, other: str, *, are_same: bool) -> None:
    assert sql(one).same_as(sql(other)) is are_same
