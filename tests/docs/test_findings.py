"""docs/findings: a page for every code, as the texts say it, with SQL that PostgreSQL can parse."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg2
import pytest

from schemaproof.findings.codes import CODES
from schemaproof_testing.servers import Database
from tests.docs import findings
from tests.docs.findings import checking
from tests.docs.findings.pages import FOLDER, Explained, explained, pages, texts

WRITE_AGAIN: Final = "write it again: python -m tests.docs.findings"
EXAMPLE: Final = Path(findings.__file__).with_name("example.sql")
EXPLAINED: Final = [one for group in explained().values() for one in group]

every_code = pytest.mark.parametrize("one", EXPLAINED, ids=lambda one: one.code)


def test_every_code_is_explained_once() -> None:
    assert sorted(one.code for one in EXPLAINED) == sorted(CODES)


def test_pages_are_those_of_the_codes_as_the_texts_say_them() -> None:
    found = {page.stem: page.read_text("utf-8") for page in FOLDER.iterdir()}
    assert found == pages(), WRITE_AGAIN


def test_every_code_is_listed_with_a_link_to_its_page() -> None:
    page = checking.PAGE.read_text("utf-8")
    assert page == checking.with_table(page), WRITE_AGAIN
    assert sorted(re.findall(r"\]\(findings/([\w-]+)\.md\)", page)) == sorted(CODES)


def test_every_text_is_about_a_code() -> None:
    assert texts() - {(one.kind, one.what) for one in EXPLAINED if one.what} == set()


@every_code
def test_code_has_everything_that_a_reader_looks_for(one: Explained) -> None:
    said = {name for name, text in one.texts.items() if text.strip()}
    assert said >= {"means", "matters"}
    assert said & {"happens", "event"}
    assert said & {"repair", "commands", "note"}


@every_code
def test_texts_are_sentences(one: Explained) -> None:
    for name in ("is", "means", "matters", "event", "note"):
        text = one.texts.get(name, "")
        assert re.fullmatch(r"([A-Z0-9`-].*[.:])?", text), text
        assert "{" not in text
        assert "  " not in text


def test_article_fits_the_noun() -> None:
    wrong = re.compile(r"\ba [aeio]|\ban [^aeiouh]")
    assert [one.code for one in EXPLAINED if wrong.search(one.texts["means"])] == []


def test_links_of_the_pages_lead_somewhere() -> None:
    links = {
        (page.name, link)
        for page in FOLDER.glob("*.md")
        for link in re.findall(r"\]\((?!http)([^)#]+)", page.read_text("utf-8"))
    }
    assert {(page, link) for page, link in links if not (FOLDER / link).exists()} == set()


def test_sql_of_the_pages_is_sql(database: Database) -> None:
    # PL/pgSQL parses every statement of a block before it runs the first, which leaves it.
    blocks = {
        (code, block)
        for code, page in pages().items()
        for block in re.findall(r"^```sql\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    }
    refused = {}
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        for code, block in sorted(blocks):
            cursor.execute("SAVEPOINT block")
            try:
                cursor.execute(f"DO $page$ BEGIN RETURN; {block} END $page$")
            except psycopg2.Error as error:
                refused[code] = str(error)
                cursor.execute("ROLLBACK TO block")
    assert refused == {}


def test_what_the_pages_look_at_can_be_looked_at(any_database: Database) -> None:
    queries = {
        (one.code, query)
        for one in EXPLAINED
        for query in one.texts.get("look", "").split(";\n")
        if query
    }
    refused = {}
    with closing(any_database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(EXAMPLE.read_text("utf-8"))
        for code, query in sorted(queries):
            cursor.execute("SAVEPOINT query")
            try:
                cursor.execute(query)
            except psycopg2.Error as error:
                refused[code] = str(error)
                cursor.execute("ROLLBACK TO query")
    assert refused == {}
