"""Draw the graph of the revisions as ``git log --graph`` does, and as Mermaid."""

from pathlib import Path

from schemaproof.history.history import History
from schemaproof.history.revision import Revision
from schemaproof.history.revision_graph import as_lines, as_mermaid


def history(**parents: str) -> History:
    """Return revisions, each given as its id and the ids that it follows."""
    made = {
        name: Revision(name, tuple(follows.split()), f"<{name}>", Path(), "", None)
        for name, follows in parents.items()
    }
    return History(made, (), ())


def drawn(**parents: str) -> str:
    lines = as_lines(history(**parents), lambda one: ("*", one.id))
    return "\n".join(lines)


def test_a_line() -> None:
    assert drawn(a="", b="a", c="b") == "*  c\n*  b\n*  a"


def test_branches_that_are_merged() -> None:
    assert drawn(a="", b="a", c="a", d="b c", e="d") == (
        "*  e\n*  d\n|\\\n| *  c\n*  b\n|/\n*  a"
    ).replace("| *  c\n*  b\n|/", "| *  c\n* |  b\n|/")


def test_several_heads_and_several_beginnings() -> None:
    assert drawn(a="", b="a", c="a", d="") == "*  d\n*  c\n| *  b\n|/\n*  a"


def test_three_branches() -> None:
    assert drawn(a="", b="a", c="a", d="a", e="b c d") == (
        "*  e\n|\\\n| |\\\n| | *  d\n| * |  c\n| |/\n* |  b\n|/\n*  a"
    )


def test_mermaid_in_which_titles_are_text() -> None:
    text = as_mermaid(history(a="", b="a"), lambda one: "applied" if one.id == "a" else "pending")
    assert text.split("\n")[:4] == [
        "flowchart TD",
        '    r0["a · #60;a#62; · applied"]:::applied',
        '    r1["b · #60;b#62; · pending"]:::pending',
        "    r0 --> r1",
    ]
