"""Definitions that consist of several statements are altered in place."""

import pytest

from schemaproof.repair.alterations import alterations
from schemaproof_testing.snapshot_strategies import sql

DOMAIN = "CREATE DOMAIN q.d AS text"
DICTIONARY = "CREATE TEXT SEARCH DICTIONARY q.d (TEMPLATE = pg_catalog.simple{})"


def changes(wanted: list[str], found: list[str]) -> list[str] | None:
    return alterations(sql(";\n".join(wanted)), sql(";\n".join(found)))


@pytest.mark.parametrize(
    ("statement", "undone"),
    [
        ("ALTER DOMAIN q.d SET DEFAULT 'a;\nb'::text", "ALTER DOMAIN q.d DROP DEFAULT"),
        ("ALTER DOMAIN q.d SET NOT NULL", "ALTER DOMAIN q.d DROP NOT NULL"),
        (
            'ALTER DOMAIN q.d ADD CONSTRAINT "a ""b""" CHECK (VALUE <> \'\')',
            'ALTER DOMAIN q.d DROP CONSTRAINT "a ""b"""',
        ),
        (
            "COMMENT ON CONSTRAINT c ON DOMAIN q.d IS 'it''s'",
            "COMMENT ON CONSTRAINT c ON DOMAIN q.d IS NULL",
        ),
        ("ALTER SERVER s OPTIONS (ADD a 'b')", "ALTER SERVER s OPTIONS (DROP a)"),
        ("ALTER SERVER s VERSION '1'", "ALTER SERVER s VERSION NULL"),
        # Strings and quoted names may contain the words by which a statement is recognised.
        ("COMMENT ON DOMAIN q.d IS 'a'' IS ''b'", "COMMENT ON DOMAIN q.d IS NULL"),
        (
            """COMMENT ON CONSTRAINT "x IS 'y'" ON DOMAIN q.d IS E'\\\\z'""",
            """COMMENT ON CONSTRAINT "x IS 'y'" ON DOMAIN q.d IS NULL""",
        ),
        (
            """ALTER SERVER s OPTIONS (ADD a ' OPTIONS (ADD b ''x'')')""",
            "ALTER SERVER s OPTIONS (DROP a)",
        ),
        (
            """ALTER DOMAIN q."d SET NOT NULL" SET DEFAULT 'x'::text""",
            """ALTER DOMAIN q."d SET NOT NULL" DROP DEFAULT""",
        ),
        (
            """ALTER OPERATOR FAMILY q."f ADD <(a)" USING btree ADD OPERATOR 1 <(q."a (b)",c)""",
            """ALTER OPERATOR FAMILY q."f ADD <(a)" USING btree DROP OPERATOR 1 (q."a (b)",c)""",
        ),
        (
            "ALTER FOREIGN DATA WRAPPER w VALIDATOR q.v",
            "ALTER FOREIGN DATA WRAPPER w NO VALIDATOR",
        ),
        (
            "ALTER TEXT SEARCH CONFIGURATION q.c ADD MAPPING FOR word WITH q.a, q.b",
            "ALTER TEXT SEARCH CONFIGURATION q.c DROP MAPPING FOR word",
        ),
        (
            "ALTER OPERATOR FAMILY q.f USING btree ADD OPERATOR 1 <(integer,bigint)",
            "ALTER OPERATOR FAMILY q.f USING btree DROP OPERATOR 1 (integer,bigint)",
        ),
        (
            "ALTER OPERATOR FAMILY q.f USING btree ADD FUNCTION 1 (integer, bigint) q.g(integer)",
            "ALTER OPERATOR FAMILY q.f USING btree DROP FUNCTION 1 (integer, bigint)",
        ),
    ],
)
def test_a_statement_is_made_or_undone(statement: str, undone: str) -> None:
    assert changes([DOMAIN, statement], [DOMAIN]) == [statement]
    assert changes([DOMAIN], [DOMAIN, statement]) == [undone]


def test_what_stands_later_is_undone_first() -> None:
    found = [
        DOMAIN,
        "ALTER DOMAIN q.d ADD CONSTRAINT c CHECK (true)",
        "COMMENT ON CONSTRAINT c ON DOMAIN q.d IS 'x'",
    ]
    assert changes([DOMAIN], found) == [
        "COMMENT ON CONSTRAINT c ON DOMAIN q.d IS NULL",
        "ALTER DOMAIN q.d DROP CONSTRAINT c",
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([DOMAIN], ["CREATE DOMAIN q.d AS integer"]),
        ([DOMAIN], [DOMAIN, "ALTER DOMAIN q.d DO SOMETHING"]),
        ([DICTIONARY.format("")], [DICTIONARY.format("").replace("simple", "other")]),
    ],
)
def test_what_cannot_be_altered_is_made_anew(wanted: list[str], found: list[str]) -> None:
    assert changes(wanted, found) is None


def test_options_of_a_dictionary_are_set_and_left_out() -> None:
    wanted = [DICTIONARY.format(", accept = 'false'")]
    found = [DICTIONARY.format(", stopwords = 'a, b', accept = 'true'")]
    assert changes(wanted, found) == [
        "ALTER TEXT SEARCH DICTIONARY q.d (stopwords, accept = 'false')"
    ]


def test_options_of_a_dictionary_are_told_from_what_their_values_hold() -> None:
    wanted = [DICTIONARY.format(", stopwords = 'a, accept = ''b'")]
    found = [DICTIONARY.format(", \"Odd, one\" = 'x = ''y'', z = 1', stopwords = 'b'")]
    assert changes(wanted, found) == [
        "ALTER TEXT SEARCH DICTIONARY q.d (\"Odd, one\", stopwords = 'a, accept = ''b')"
    ]
