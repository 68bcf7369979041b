"""The line of a project's file that a finding is about."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file.

    Attributes:
        file: The file, from the project's folder on, with ``/`` between its parts; of a file that
            is somewhere else the name alone.
        line: The line, from 1.
    """

    file: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def located(path: Path, root: Path, line: int = 1) -> Location:
    """Return a line of a file as a reader of the project in a folder finds it."""
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return Location(shown, line)
