"""The line of a project's file that a finding is about."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemaproof.project_file import repository


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file.

    Attributes:
        file: The path relative to the project's folder, with ``/``; only the name when the file is
            in another repository.
        line: The line, from 1.
    """

    file: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def in_repository(self, root: Path) -> Location:
        """Return the location relative to the repository's folder, as CI systems expect.

        Args:
            root: The project's folder.
        """
        folder = root.resolve().relative_to(repository(root)).as_posix()
        return Location(posixpath.normpath(posixpath.join(folder, self.file)), self.line)


def located(path: Path, root: Path, line: int = 1) -> Location:
    """Return a line of a file relative to a folder."""
    is_near = path.is_relative_to(root) or path.is_relative_to(repository(root))
    return Location(Path(os.path.relpath(path, root)).as_posix() if is_near else path.name, line)


DECLARED_IN: Final = Location("pyproject.toml")
"""The location of findings that belong to no file of the project, for formats that need one: the
file that declares the scope."""
