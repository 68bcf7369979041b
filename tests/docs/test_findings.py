"""docs/findings: a page for every code, with SQL that PostgreSQL can parse."""

import re
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg2
import pytest

from schemaproof.findings.codes import CODES, Code
from schemaproof_testing.servers import Database
from tests.docs import findings
from tests.docs.findings.pages import FOLDER, LIST, has_example, whole_page, with_table

WRITE_AGAIN: Final = "write it again: python -m tests.docs.findings"
EXAMPLE: Final = Path(findings.__file__).with_name("example.sql")
PAGES: Final = {page.stem: page.read_text("utf-8") for page in sorted(FOLDER.glob("*.md"))}
SQL: Final = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOOK: Final = re.compile(r"^Look first:\n\n```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)

every_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


def test_every_code_has_a_page() -> None:
    assert sorted(PAGES) == sorted(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_page_says_what_the_code_means(code: Code) -> None:
    assert PAGES[code] == whole_page(code, PAGES[code]), WRITE_AGAIN


def test_every_code_is_listed_with_a_link_to_its_page() -> None:
    page = LIST.read_text("utf-8")
    assert page == with_table(page), WRITE_AGAIN
    assert sorted(re.findall(r"\]\(findings/([\w-]+)\.md\)", page)) == sorted(CODES)


@every_page
def test_page_has_everything_that_a_reader_looks_for(page: str) -> None:
    title, what, *parts = re.split(r"\n\n(?=\*\*[\w ()]+\.\*\* |## )", page)
    assert re.fullmatch(r"# [\w-]+\n\n[A-Z`].+", title)
    assert re.match(r"\*\*(Breaking|Integrity|Operational|Cosmetic)( \([\w ]+\))?\.\*\* .+", what)
    headings = [part.partition("\n")[0] for part in parts]
    assert headings in (
        ["## Why it matters", "## How it happens", "## How to repair it"],
        ["## Why it matters", "## How to repair it"],
    )
    assert all(part.partition("\n")[2].strip() for part in parts)


@every_page
def test_texts_are_sentences(page: str) -> None:
    for paragraph in re.sub(
        r"```.*?```|<!--.*?-->|^\*\*.*?$", "", page, flags=re.DOTALL | re.MULTILINE
    ).split("\n\n"):
        lines = paragraph.strip()
        if not lines.startswith(("#", "- `")):
            assert re.fullmatch(r"([A-Z0-9`*\[-].*[.:)])?", lines), lines
            assert "  " not in lines
            assert not re.search(r"\ba [aeio]|\ban [b-dfgj-np-tv-z]", lines), lines


def test_links_of_the_pages_lead_somewhere() -> None:
    links = {
        (code, link)
        for code, page in PAGES.items()
        for link in re.findall(r"\]\((?!http)([^)#]+)", page)
    }
    assert {(page, link) for page, link in links if not (FOLDER / link).exists()} == set()


def refused(
    database: Database, statements: Iterable[tuple[str, str]], before: str = ""
) -> dict[str, str]:
    """The statements that the server refuses, each tried for itself."""
    found = {}
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(before or "SELECT")
        for code, statement in sorted(statements):
            cursor.execute("SAVEPOINT one")
            try:
                cursor.execute(statement)
            except psycopg2.Error as error:
                found[code] = str(error)
                cursor.execute("ROLLBACK TO one")
    return found


def test_sql_by_hand_is_sql(database: Database) -> None:
    # PL/pgSQL parses every statement of a block before it runs the first, which leaves it. What the
    # corpus gives is run for real.
    blocks = {
        (code, f"DO $page$ BEGIN RETURN; {block} END $page$")
        for code, page in PAGES.items()
        for block in SQL.findall(
            page.partition("<!-- end of example -->")[2] if has_example(page) else page
        )
    }
    assert refused(database, blocks) == {}


def test_what_the_pages_look_at_can_be_looked_at(any_database: Database) -> None:
    queries = {
        (code, query)
        for code, page in PAGES.items()
        for block in LOOK.findall(page)
        for query in block.split(";\n")
        if query
    }
    assert refused(any_database, queries, EXAMPLE.read_text("utf-8")) == {}
