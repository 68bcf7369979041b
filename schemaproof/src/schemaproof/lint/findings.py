"""The findings of the linter about a revision."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Level(StrEnum):
    """The severity of a finding of the linter."""

    ERROR = "error"
    """The revision is unsafe; lint exits with an error."""
    WARNING = "warning"
    NOTE = "note"
    """The revision is applied already; history is frozen, so nobody has to act."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A finding of lint about a revision.

    Attributes:
        rule: The name of the rule, of squawk or of the linter itself.
        level: The severity.
        revision: The revision.
        path: The file of the revision.
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
