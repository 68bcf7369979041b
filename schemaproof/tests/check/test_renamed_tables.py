"""Tables that somebody renames in a schema in which others have tables, too."""

import pytest

from schemaproof.schema.scope import Scope
from schemaproof_testing.catalog_reading import live_snapshot
from schemaproof_testing.repaired import Changed
from schemaproof_testing.servers import Database

SHARED = Scope(managed=(), shared=("public",))
MADE = (
    "CREATE TABLE customer (id serial PRIMARY KEY, name text)",
    "CREATE TABLE purchase (id serial PRIMARY KEY, customer_id int REFERENCES customer)",
    "CREATE TABLE bare (id int)",
)
OTHERS = (
    "CREATE TABLE theirs (id serial PRIMARY KEY, name text)",
    "CREATE TABLE theirs_too (id int)",
)


@pytest.fixture
def shop(database: Database) -> Changed:
    """Our tables, and tables of others in the same schema."""
    database.execute_each(*MADE)
    expected = live_snapshot(database, SHARED)
    database.execute_each(*OTHERS)
    return Changed(database, expected, SHARED)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (["ALTER TABLE customer RENAME TO client"], ["table-renamed public.customer"]),
        (
            ["ALTER TABLE customer RENAME TO client", 'ALTER TABLE purchase RENAME TO "Sale 1"'],
            ["table-renamed public.customer", "table-renamed public.purchase"],
        ),
        # Without an index nothing tells it from a table of somebody else.
        (["DROP TABLE bare"], ["table-missing public.bare"]),
        (["DROP TABLE purchase"], ["table-missing public.purchase"]),
        # What is no more than similar is somebody else's, and stays as it is.
        (
            ["ALTER TABLE purchase RENAME TO sale", "ALTER TABLE sale DROP customer_id"],
            ["table-missing public.purchase"],
        ),
    ],
)
def test_a_renamed_table_is_one_finding_that_can_be_taken_back(
    shop: Changed, changes: list[str], found: list[str]
) -> None:
    shop.database.execute_each(*changes)
    assert sorted(one for one in shop.found() if not one.startswith("sequence-")) == found
    if all(one.startswith("table-renamed") for one in found):
        assert "RENAME TO" in shop.script(destructive=False)
        assert shop.repair() == []
    left = "SELECT to_regclass('theirs') IS NOT NULL AND to_regclass('theirs_too') IS NOT NULL"
    assert shop.ask(left)
