"""What there is to say against a revision."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """Unsafe: the exit code says so."""
    WARNING = "warning"
    NOTE = "note"
    """Of a revision that is applied: history is frozen, so nothing is to be done about it."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """Something against a revision.

    Attributes:
        rule: The rule; one of squawk's, or one of ours.
        level: How bad it is.
        revision: The revision.
        path: Its file.
        line: The line, from 1.
        message: What is wrong.
        remedy: What to do instead; empty when nothing can be advised.
    """

    rule: str
    level: Level
    revision: str
    path: Path
    line: int
    message: str
    remedy: str = ""
