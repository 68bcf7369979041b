"""Texts → pages.

A text is looked for under the kind of the object first (``[trigger.missing]``), then under ``all``
of the same file; ``{words}`` in it are filled from what the kind, or ``all``, says of itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from schemaproof.findings.codes import CODES, Code, CodeFacts
from schemaproof.program import called, with_program
from schemaproof_testing.project import ROOT

FOLDER: Final = ROOT / "docs" / "findings"
SOURCES: Final = {
    "History, models, baseline": "history",
    "Settings, sequences and rows of the live database": "live",
    "Schemas, tables and views": "relations",
    "Columns": "columns",
    "Constraints": "constraints",
    "Indexes": "indexes",
    "Sequences": "sequences",
    "Other objects": "objects",
}
"""The files of texts, in the order in which docs/checking.md lists what they explain."""
_ALL: Final = "all"
_AUTOMATIC: Final = (
    "`monps-db check --sql` prints the statements for your database where it knows them:"
    " see [repairing](../checking.md#repairing)."
)


@dataclass(frozen=True, slots=True)
class Explained:
    """What there is to say about one code.

    Attributes:
        code: The code.
        kind: What it is about, as the code begins; the code itself where it is about no object.
        what: How it differs; empty where it is about no object.
        texts: The texts that its page is made of.
    """

    code: Code
    kind: str
    what: str
    texts: Mapping[str, str]

    @property
    def meaning(self) -> CodeFacts:
        return CODES[self.code]

    @property
    def advice(self) -> str:
        with called("monps-db"):
            return with_program(self.meaning.recommendation)


def explained() -> dict[str, list[Explained]]:
    """Every code under the title of its group, in the order of the texts.

    Raises:
        KeyError: A code belongs to no kind that there are texts about.
    """
    contents = {title: _read(name) for title, name in SOURCES.items()}
    kinds = [kind for content in contents.values() for kind in content if kind != _ALL]
    codes: dict[str, list[Code]] = {kind: [] for kind in kinds}
    for code in sorted(CODES):
        codes[code if code in codes else code.kind].append(code)
    return {
        title: [
            _explained(code, kind, own, content.get(_ALL, {}))
            for kind, own in content.items()
            if kind != _ALL
            for code in codes[kind]
        ]
        for title, content in contents.items()
    }


def texts() -> set[tuple[str, str]]:
    """The kind and the ending of every code that has texts of its own."""
    return {
        (kind, what)
        for name in SOURCES.values()
        for kind, content in _read(name).items()
        for what, text in content.items()
        if kind != _ALL and isinstance(text, dict)
    }


def pages() -> dict[str, str]:
    """The text of every page by its code."""
    return {one.code: _page(one) for group in explained().values() for one in group}


def table() -> str:
    """The codes as docs/checking.md lists them, a table for each group.

    A kind of object has a row; so has a code that is about no object.
    """
    parts = []
    for title, group in explained().items():
        of_objects = any(one.what for one in group)
        heads = ("about", "codes") if of_objects else ("code", "severity", "what to do")
        rows = _by_kind(group) if of_objects else _by_code(group)
        lines = [" | ".join(row) for row in (heads, ["---"] * len(heads), *rows)]
        parts.append("\n".join([f"### {title}\n", *(f"| {line} |" for line in lines)]))
    return "\n\n".join(parts) + "\n"


def _by_kind(group: list[Explained]) -> Iterator[tuple[str, ...]]:
    for kind, members in groupby(group, key=lambda one: one.kind):
        yield kind, ", ".join(_link(one, one.what) for one in members)


def _by_code(group: list[Explained]) -> Iterator[tuple[str, ...]]:
    for one in group:
        yield _link(one, one.code), one.meaning.severity, one.advice


def _link(one: Explained, text: str) -> str:
    return f"[{text}](findings/{one.code}.md)"


def _read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


def _explained(
    code: Code, kind: str, own: Mapping[str, Any], common: Mapping[str, Any]
) -> Explained:
    what = code.aspect if kind != code else ""
    words = _words(own)
    words = {key: text.format_map(words) for key, text in _words(common).items()} | words
    found = {**common.get(what, {}), **own.get(what, {})} if what else own
    texts = {key: text.format_map(words) for key, text in found.items()}
    return Explained(code, kind, what, {"is": words.get("is", ""), **texts})


def _words(content: Mapping[str, Any]) -> dict[str, str]:
    return {key: text for key, text in content.items() if isinstance(text, str)}


def _page(one: Explained) -> str:
    return "\n\n".join(_sections(one)) + "\n"


def _sections(one: Explained) -> Iterator[str]:
    texts = one.texts
    yield f"# {one.code}"
    yield " ".join(filter(None, [texts["means"], texts["is"]]))
    extra = f" ({one.meaning.extra} where nothing should be set)" if one.meaning.extra else ""
    yield f"**{one.meaning.severity.capitalize()}{extra}.** {one.advice}"
    yield "## Why it matters"
    yield texts["matters"]
    if texts.get("happens") or texts.get("event"):
        yield "## How it happens"
        yield from _block("sql", texts.get("happens"))
        yield from _text(texts.get("event"))
    yield "## How to repair it"
    if texts.get("look"):
        yield "Look first:"
        yield from _block("sql", texts["look"])
    if texts.get("repair"):
        yield "Then:" if texts.get("look") else "For example:"
        yield from _block("sql", texts["repair"])
    if texts.get("commands"):
        yield "Then:" if texts.get("look") else "Run:"
        yield from _block("sh", texts["commands"])
    yield from _text(texts.get("note"))
    if one.what:
        yield from _text(texts.get("automatic", _AUTOMATIC))
    yield "[All codes](../checking.md#codes)"


def _block(language: str, text: str | None) -> Iterator[str]:
    if text:
        yield f"```{language}\n{text}\n```"


def _text(text: str | None) -> Iterator[str]:
    if text:
        yield text
