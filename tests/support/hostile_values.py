"""Malicious texts for the places where values are shown."""

from collections.abc import Callable, Sequence
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from schemaproof_testing.snapshots import unhurried

ATOMS: Final = (
    *("\n::error::x", "::set-output name=a::b", "\r##[error]x", "##vso[task.x]y", "##teamcity[x]"),
    *("\x1b]0;owned\x07", "\x1b[2J", "\x9b31m", "\u202eevil\u2066", "\u200b", "\ufeff", "\x00"),
    *("\x85", "\u2028", "\x7f", "\udcff", "\uffff", "|", "`", "[x](http://e.org)"),
    *("![x](y)", "<img src=x onerror=y>", "</script>", "@everybody", "www.example.org", "]]>"),
    *("&amp;", "<!--", "--\nDROP TABLE x", "\\", "=cmd|' /C calc'!A0", "+1+1", "-1-1", "@SUM(A1)"),
    *("\t=1", "[red]", "[link=x]y", "%0A::error::", ":", ",", '"', "'", "''", "$$", "$a$"),
    *("{{ 7*7 }}", "U&", " "),
)
"""What a name, a message of the server, a comment or a line of a file may hold."""
HOSTILE: Final = st.text(max_size=30) | st.lists(st.sampled_from(ATOMS), max_size=6).map("".join)
MARKUP: Final = frozenset("<>&*_[]`@~#:.\\/!")
"""What no value brings into Markdown."""


def hostile(test: Callable[..., None], values: Sequence[str] = ()) -> Callable[..., None]:
    """Run a test on generated texts, and first on all malicious texts in one."""
    for value in ("".join(ATOMS), "".join(reversed(ATOMS)), *values):
        test = example(value)(test)
    return unhurried(given(HOSTILE)(test))


def each_hostile(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test on each malicious text, and then as :func:`hostile` does."""
    return hostile(test, ATOMS)
