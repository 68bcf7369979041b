"""The findings of the linter about a revision."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Level(StrEnum):
    """The severity."""

    ERROR = "error"
    """Unsafe: the exit code says so."""
    WARNING = "warning"
    NOTE = "note"
    """Of a revision that is applied: history is frozen, so nothing is to be done about it."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A finding of lint about a revision.

    Attributes:
        rule: The rule; one of squawk's, or one of ours.
        level: The severity.
        revision: The revision.
        path: Its file.
        line: The line, from 1.
        message: The fault.
        remedy: The advice; empty when there is none.
    """

    rule: str
    level: Level
    revision: str
    path: Path
    line: int
    message: str
    remedy: str = ""
