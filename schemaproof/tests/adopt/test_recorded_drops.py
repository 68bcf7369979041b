"""A drop that was made by hand becomes a revision, whose downgrade makes the object again."""

from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing import audits
from schemaproof_testing.audits import does, recorded, superuser
from schemaproof_testing.other_project import FIRST, OtherProject, make_project
from schemaproof_testing.servers import Database
from schemaproof_testing.strangers import superuser_database

pytestmark = pytest.mark.slow

MORE: Final = (
    "CREATE TABLE shop.tag (id int PRIMARY KEY, name text DEFAULT 'none' NOT NULL)",
    "ALTER TABLE shop.customer ADD COLUMN tag int REFERENCES shop.tag, ADD COLUMN note text",
    "ALTER TABLE shop.customer ADD CONSTRAINT named CHECK (note <> '')",
    "CREATE INDEX by_note ON shop.customer (note)",
    "CREATE VIEW shop.noted AS SELECT id, note FROM shop.customer",
    "CREATE TYPE shop.mood AS ENUM ('good', 'bad')",
    "CREATE FUNCTION shop.one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
)
# For each name: the statements, and the paths that the revision drops.
DROPS: Final = {
    "a column": (["ALTER TABLE shop.customer DROP COLUMN tag"], ["shop.customer.tag"]),
    "a column with what depends on it": (
        ["ALTER TABLE shop.customer DROP COLUMN note CASCADE"],
        ["shop.customer.note", "shop.customer.named", "shop.noted"],
    ),
    "a table with its foreign key": (
        ["DROP TABLE shop.tag CASCADE"],
        ["shop.tag", "shop.customer.customer_tag_fkey"],
    ),
    "a constraint": (["ALTER TABLE shop.customer DROP CONSTRAINT named"], ["shop.customer.named"]),
    "an index": (["DROP INDEX CONCURRENTLY shop.by_note"], ["shop.customer.by_note"]),
    "a view": (["DROP VIEW shop.noted"], ["shop.noted"]),
    "a type": (["DROP TYPE shop.mood"], ["shop.mood"]),
    "a function": (["DROP FUNCTION shop.one()"], ["shop.one()"]),
    "several, one after the other": (
        [
            "DROP VIEW shop.noted",
            "ALTER TABLE shop.customer DROP COLUMN note",
            "ALTER TABLE shop.customer DROP COLUMN tag",
            "DROP TABLE shop.tag",
        ],
        ["shop.noted", "shop.customer.note", "shop.customer.tag", "shop.tag"],
    ),
    "a column that is made anew": (
        [
            "ALTER TABLE shop.customer DROP COLUMN tag",
            "ALTER TABLE shop.customer ADD COLUMN tag text",
        ],
        ["shop.customer.customer_tag_fkey"],
    ),
}


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OtherProject:
    """A project with objects of several kinds, and with the audit installed."""
    project = make_project(tmp_path, superuser_database(database))
    more = "".join(f"op.execute({one!r})\n" for one in MORE)
    project.revision("r1", None, FIRST + more)
    run(project, "snapshot")
    project.alembic("upgrade", "head")
    audits.install(database)
    return project


def run(project: OtherProject, *arguments: str) -> str:
    """Run a command that may find differences from the models, and return its output."""
    outcome = project.monps_db(*arguments)
    assert outcome.code in {0, 1}, outcome.text
    return outcome.text


@pytest.mark.parametrize("case", DROPS)
def test_a_drop_becomes_a_revision(shop: OtherProject, database: Database, case: str) -> None:
    statements, paths = DROPS[case]
    known = {one["id"] for one in recorded(database)}
    with superuser(database) as connection:
        for one in statements:
            does(connection, one)
    numbers = [str(one["id"]) for one in recorded(database) if one["id"] not in known]
    text = run(shop, "audit", "revision", *numbers, "-m", "drop", "--rev-id", "r2")
    assert [one for one in paths if f"- {one}" not in text] == []
    assert "drift" not in run(shop, "check")
    [file] = shop.versions.glob("r2*.py")
    assert "NotImplementedError" not in file.read_text("utf-8")
    shop.alembic("downgrade", "r1")
    shop.alembic("upgrade", "head")
    assert "drift" not in run(shop, "check")
