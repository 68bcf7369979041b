"""docs/findings has a section for every code, with SQL that PostgreSQL can parse."""

import re
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg2
import pytest

from schemaproof.findings.codes import CODES
from schemaproof_testing.servers import Database
from tests.docs import findings
from tests.docs.findings.pages import (
    FOLDER,
    TABLE,
    has_example,
    pages,
    sections,
    table,
    whole_page,
)

WRITE_AGAIN: Final = "write it again: python -m tests.docs.findings"
EXAMPLE: Final = Path(findings.__file__).with_name("example.sql")
SECTIONS: Final = {
    code: text
    for page in sorted(FOLDER.glob("*.md"))
    for code, text in sections(page.read_text("utf-8")).items()
}
SQL: Final = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOOK: Final = re.compile(r"^Look first:\n\n```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)

every_section = pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)


def test_every_code_has_a_section() -> None:
    assert sorted(SECTIONS) == sorted(CODES)
    assert set(FOLDER.glob("*.md")) == set(pages())


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_page_says_what_the_codes_mean(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text == whole_page(page, text), WRITE_AGAIN


def test_every_code_stands_in_the_table() -> None:
    assert TABLE.read_text("utf-8") == table(), WRITE_AGAIN


@every_section
def test_section_has_everything_that_a_reader_looks_for(section: str) -> None:
    title, what, *parts = re.split(r"\n\n(?=\*\*[\w ()]+\.\*\* |### )", section)
    assert re.fullmatch(r"## [\w-]+\n\n[A-Z`].+", title)
    assert re.match(r"\*\*(Breaking|Integrity|Operational|Cosmetic)( \([\w ]+\))?\.\*\* .+", what)
    headings = [part.partition("\n")[0] for part in parts]
    assert headings in (
        ["### Why it matters", "### How it happens", "### How to repair it"],
        ["### Why it matters", "### How to repair it"],
    )
    assert all(part.partition("\n")[2].strip() for part in parts)


@every_section
def test_texts_are_sentences(section: str) -> None:
    for paragraph in re.sub(
        r"```.*?```|<!--.*?-->|^\*\*.*?$", "", section, flags=re.DOTALL | re.MULTILINE
    ).split("\n\n"):
        lines = paragraph.strip()
        if not lines.startswith(("#", "- `")):
            assert re.fullmatch(r"([A-Z0-9`*\[-].*[.:)])?", lines), lines
            assert "  " not in lines
            assert not re.search(r"\ba [aeio]|\ban [b-dfgj-np-tv-z]", lines), lines


def refused(
    database: Database, statements: Iterable[tuple[str, str]], before: str = ""
) -> dict[str, str]:
    """Return the statements that the server refuses, each executed alone."""
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
    # PL/pgSQL parses every statement of a block before it runs the first one, which returns.
    # Examples of the corpus are executed in other tests.
    blocks = {
        (code, f"DO $page$ BEGIN RETURN; {block} END $page$")
        for code, text in SECTIONS.items()
        for block in SQL.findall(
            text.partition("<!-- end of example -->")[2] if has_example(text) else text
        )
    }
    assert refused(database, blocks) == {}


def test_what_the_pages_look_at_can_be_looked_at(any_database: Database) -> None:
    queries = {
        (code, query)
        for code, text in SECTIONS.items()
        for block in LOOK.findall(text)
        for query in block.split(";\n")
        if query
    }
    assert refused(any_database, queries, EXAMPLE.read_text("utf-8")) == {}
