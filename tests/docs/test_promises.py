"""Each promise of the pages on data access has a test, and each listed test exists."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing.project import ROOT
from tests.docs.promises import page_promises

LIST: Final = ROOT / "docs" / "promises.md"
PAGES: Final = ("data-access.md", "async.md")


def listed() -> dict[str, dict[str, list[str]]]:
    """Return the list: promises and their tests, by page."""
    pages: dict[str, dict[str, list[str]]] = {}
    for line in LIST.read_text("utf-8").splitlines():
        if line.startswith("## "):
            promises = pages[line.removeprefix("## ")] = {}
        elif line.startswith("- "):
            tests = promises[line.removeprefix("- ")] = []
        elif found := re.fullmatch(r"  - `(.+)`", line):
            tests.append(found[1])
    return pages


@cache
def names_in(file: Path) -> frozenset[str]:
    """Return the names of the tests in a file, with their class."""
    body = ast.parse(file.read_text("utf-8")).body
    classes = [(f"{each.name}::", each.body) for each in body if isinstance(each, ast.ClassDef)]
    return frozenset(
        prefix + each.name
        for prefix, statements in [("", body), *classes]
        for each in statements
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
        and each.name.startswith("test_")
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_sentence_of_a_page_is_listed_and_no_other(page: str) -> None:
    there = page_promises((ROOT / "docs" / page).read_text("utf-8"))
    assert list(listed()[page]) == there, "write down in docs/promises.md which tests show it"


def test_every_promise_has_a_test_and_every_test_exists() -> None:
    promises = {promise: tests for page in listed().values() for promise, tests in page.items()}
    assert [promise for promise, tests in promises.items() if not tests] == []
    missing = {
        test
        for tests in promises.values()
        for test in tests
        if not (file := ROOT / test.partition("::")[0]).is_file()
        or test.partition("::")[2] not in names_in(file)
    }
    assert missing == set()


def test_sentences_and_rows_are_found_and_examples_are_not() -> None:
    page = (
        "# A page\n\nOne sentence. `Two` of them,\nover lines (e.g.). (Three.)\n\n"
        "```\nno. Promise.\n```\n\n- four: it is.\n  Five!\n\n"
        "| head | of |\n| --- | --- |\n| a row | of a table. |\n"
    )
    assert page_promises(page) == [
        *("One sentence.", "`Two` of them, over lines (e.g.).", "(Three.)"),
        *("four: it is.", "Five!", "| a row | of a table. |"),
    ]
