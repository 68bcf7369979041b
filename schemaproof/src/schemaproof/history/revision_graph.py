"""The revisions with their branches, as lines of text and as Mermaid."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from schemaproof.history.history import History
from schemaproof.history.revision import Revision
from schemaproof.output.documents import Document, visible

_SPECIAL: Final = re.compile(r"[#\"<>&`;{}%\\]")


def as_lines(history: History, describe: Callable[[Revision], tuple[str, str]]) -> Iterator[str]:
    """Yield the lines of the graph, the newest revision first, as ``git log --graph`` has them.

    Args:
        history: The revisions.
        describe: The function that returns the sign of a revision (one character), and the text
            after it.
    """
    lanes: list[str] = []  # Each column of the drawing leads down to one revision.
    for revision in reversed([*history.revisions.values()]):
        if revision.id not in lanes:
            lanes.append(revision.id)
        column = lanes.index(revision.id)
        sign, text = describe(revision)
        drawn = [sign if at == column else "|" for at in range(len(lanes))]
        yield f"{' '.join(drawn)}  {text}".rstrip()
        parents = [one for one in revision.parents if one in history.revisions]
        below = [one for one in lanes if one != revision.id]
        below[column:column] = [one for one in parents if one not in lanes]
        ways = [(at, below.index(one)) for at, one in enumerate(lanes) if at != column]
        ways += [(column, below.index(parent)) for parent in parents]
        yield from _moves(ways)
        lanes = below


def _moves(ways: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Yield the lines that move the branches of the graph sideways, one step in each line."""
    while any(here != there for here, there in ways):
        signs: dict[int, str] = {}
        for here, there in ways:
            step = (there > here) - (there < here)
            signs[2 * here + step] = {-1: "/", 0: "|", 1: "\\"}[step]
        yield "".join(signs.get(at, " ") for at in range(max(signs) + 1))
        ways = [(here + (there > here) - (there < here), there) for here, there in ways]


def as_mermaid(history: History, state: Callable[[Revision], str]) -> Document:
    """Return a flow chart in which each revision points to the revisions that follow it.

    Args:
        history: The revisions.
        state: The function that returns ``applied`` or ``pending``; empty when unknown.
    """
    names = {one: f"r{number}" for number, one in enumerate(history.revisions)}
    lines = ["flowchart TD"]
    for revision in history.revisions.values():
        known = state(revision)
        text = " · ".join(filter(None, (revision.id, revision.title, known)))
        lines.append(
            f'    {names[revision.id]}["{_plain(text)}"]' + (f":::{known}" if known else "")
        )
        lines += [
            f"    {names[parent]} --> {names[revision.id]}"
            for parent in revision.parents
            if parent in names
        ]
    lines += [
        "    classDef applied fill:#1a7f37,color:#ffffff,stroke:#1a7f37",
        "    classDef pending fill:#8a5a00,color:#ffffff,stroke:#8a5a00",
    ]
    return Document("\n".join(lines))


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", visible(text))
