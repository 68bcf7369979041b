"""Rows that refer to nothing are found behind triggers that were switched off."""

import pytest

from schemaproof.check.live.foreign_keys import violation_findings
from schemaproof.schema.scope import Scope
from schemaproof_testing.catalog_reading import connected
from schemaproof_testing.servers import Database

SCOPE = Scope(managed=("q",), shared=())
TEAMS = "CREATE TABLE q.teams (league integer, id integer, PRIMARY KEY (league, id))"
PLAYERS = (
    "CREATE TABLE q.players (league integer, team integer,"
    " CONSTRAINT fk FOREIGN KEY (league, team) REFERENCES q.teams{match})"
)


def found(database: Database, rows: str, match: str = "") -> list[tuple[str, str, str | None]]:
    database.execute_each("CREATE SCHEMA q", TEAMS, PLAYERS.format(match=match))
    off = "ALTER TABLE q.players DISABLE TRIGGER ALL"
    on = "ALTER TABLE q.players ENABLE TRIGGER ALL"
    database.execute_each("INSERT INTO q.teams VALUES (1, 1)")
    database.superuser.execute_each(off, f"INSERT INTO q.players VALUES {rows}", on)
    with connected(database) as connection:
        findings = list(violation_findings(connection, SCOPE))
    return [(finding.code, finding.path, finding.actual) for finding in findings]


def test_rows_that_refer_to_nothing_are_counted_with_an_example(any_database: Database) -> None:
    assert found(any_database, "(1, 1), (1, 2), (3, 1)") == [
        ("foreign-key-violated", "q.players.fk", "2 rows, one with league, team = 1, 2")
    ]


@pytest.mark.parametrize("rows", ["(1, 1)", "(NULL, 5)", "(NULL, NULL)"])
def test_rows_that_refer_to_something_or_to_null_are_fine(
    any_database: Database, rows: str
) -> None:
    assert found(any_database, rows) == []


def test_a_half_null_key_violates_match_full(any_database: Database) -> None:
    ((code, _, actual),) = found(any_database, "(NULL, 5), (NULL, NULL), (1, 1)", " MATCH FULL")
    assert (code, actual) == ("foreign-key-violated", "1 row, one with league, team = 5")
