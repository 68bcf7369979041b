"""One word for one thing in whatever a person reads: help, messages, recommendations, pages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing.project import ROOT

# What is not said, and what is said instead. In front of " expired" the words are libpq's.
WORDS: Final = {
    r"(?<!\$)\btimeouts?\b(?! expired)": "time-out",
    r"\bkickoff\b": "kick-off",
    r"\bunix socket": "Unix socket",
    r"\bPostgres\b": "PostgreSQL",
    r"\btak(?:es?|en) (?:it |that |them )?back\b": "undo, roll back",
    r"\bin spite of\b": "despite",
    r"\bsee to it\b": "make sure",
    r"\banswers? to '": "the name contains",
    r"\bnobody has said\b": "it is not set",
    r"\blead to (?:what|something)\b": "produce",
    r"\bits name back\b": "rename",
    r"\bknows of nothing\b": "has no record",
    r"\bmake it so\b": "correct it",
}
FOLDERS: Final = ("cli", "core", "loading", "repositories", "schemaproof/src")
PAGES: Final = [
    *ROOT.glob("*.md"),
    *(ROOT / "schemaproof").glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
]
QUOTED: Final = re.compile(r"^```.*?^```$|`[^`]*`", re.MULTILINE | re.DOTALL)


def messages(file: Path) -> Iterator[str]:
    """Yield the texts of a module that are sentences: no docstring, no SQL, no name."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a docstring
            node.value = ast.Constant(None)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text.count(" ") > 1 and not re.match(r"\s*([A-Z]{3,} |--)", text):
                yield text


def other_words(text: str) -> list[str]:
    return [f"{better}: {text}" for word, better in WORDS.items() if re.search(word, text)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_messages_use_the_words_of_the_field(folder: str) -> None:
    files = (ROOT / folder).rglob("*.py")
    assert [found for file in files for text in messages(file) for found in other_words(text)] == []


def test_pages_use_the_words_of_the_field() -> None:
    texts = [QUOTED.sub("", page.read_text("utf-8")) for page in PAGES]
    lines = [line for text in texts for line in text.splitlines()]
    assert [found for line in lines for found in other_words(line)] == []


def test_the_words_are_found() -> None:
    assert other_words("see to it that the lock timeout is longer")
    assert not other_words("make sure that the lock time-out is longer")
