"""Help, messages, recommendations and pages use one word for one thing."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemaproof.findings.findings import Kind
from schemaproof.schema.codes import Severity
from schemaproof_testing.project import ROOT

# Each pattern is replaced by the words beside it. Messages of libpq with "expired" are excepted.
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
    r"\bbelongs? into\b": "belong in",
    r"\bstands? twice\b": "occurs twice",
    r"\bit is said\b": "the message says",
}
# No docstring begins with one of these words, because they do not say what it is about.
OPENERS: Final = re.compile(
    r"(What|Those|It|Of|Who|Whom|Whose|As|Have|See to it|(Return|Yield) (what|those|that))\b"
)
# Neither does an entry of a section: of a parameter, an attribute, a result or an error.
ENTRIES: Final = re.compile(r"^ {4}(?:\w+: )?(?:What|Those|Of|Who|Whom|Whose|As)\b.*", re.MULTILINE)
# Comments with a meaning for a tool, such as noqa, are no sentences.
NO_SENTENCE: Final = re.compile(r"#\s*(noqa|type:|fmt:|ruff:|pragma|!)")
SENTENCE: Final = re.compile(r"(?!(What|Else|Those|Of|Not|Who|Whoever|Nor|Also)\b).+\.", re.DOTALL)
PARTS: Final = 6
"""Tests that share the files, so that each of them is fast."""
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
        if isinstance(node, ast.Expr):  # The expression is a docstring.
            node.value = ast.Constant(None)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text.count(" ") > 1 and not re.match(r"\s*([A-Z]{3,} |--)", text):
                yield text


def docstrings(file: Path) -> Iterator[str]:
    """Yield the docstrings of a module and of everything in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.get_docstring(node) or ""


def comments(file: Path) -> Iterator[str]:
    """Yield the comments of a module; lines that follow each other are one comment."""
    text, block, after = file.read_text("utf-8"), "", (0, 0)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT or NO_SENTENCE.match(token.string):
            continue
        if block and token.start != after:
            yield block
            block = ""
        block = f"{block} {token.string[1:].strip()}".strip()
        after = (token.start[0] + 1, token.start[1])
    if block:
        yield block


def other_words(text: str) -> list[str]:
    return [f"{better}: {text}" for word, better in WORDS.items() if re.search(word, text)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_messages_use_the_words_of_the_field(folder: str) -> None:
    files = (ROOT / folder).rglob("*.py")
    assert [found for file in files for text in messages(file) for found in other_words(text)] == []


@pytest.mark.parametrize("folder", [*FOLDERS, "models"])
def test_docstrings_begin_with_what_they_are_about(folder: str) -> None:
    files = (ROOT / folder).rglob("*.py")
    assert [text for file in files for text in docstrings(file) if OPENERS.match(text)] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_entries_of_docstrings_name_what_they_are_about(folder: str) -> None:
    files = (ROOT / folder).rglob("*.py")
    texts = [(file.name, text) for file in files for text in docstrings(file)]
    assert [(name, entry) for name, text in texts for entry in ENTRIES.findall(text)] == []


@pytest.mark.parametrize("part", range(PARTS))
def test_comments_are_sentences(part: int) -> None:
    files = sorted(file for one in (*FOLDERS, "models") for file in (ROOT / one).rglob("*.py"))
    found = (text for file in files[part::PARTS] for text in comments(file))
    assert [text for text in found if not SENTENCE.fullmatch(text)] == []


def test_the_glossary_has_the_words_of_reports() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    words = {str(one) for one in (*Kind, *Severity)} | {"accepted", "canonical text", "ledger"}
    missing = {word for word in words if f"**{word}**" not in glossary}
    assert {word for word in missing if f"`{word}`" not in glossary} == set()


def test_pages_use_the_words_of_the_field() -> None:
    texts = [QUOTED.sub("", page.read_text("utf-8")) for page in PAGES]
    lines = [line for text in texts for line in text.splitlines()]
    assert [found for line in lines for found in other_words(line)] == []


def test_the_words_are_found() -> None:
    assert other_words("see to it that the lock timeout is longer")
    assert not other_words("make sure that the lock time-out is longer")
