"""Faults in the files of revisions: all of them, each with file and line."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from pathlib import Path
from typing import Final

from schemaproof.errors import TamperedHistoryError
from schemaproof.findings.codes import CODES
from schemaproof.findings.location import Location, located
from schemaproof.history.revision_files import RevisionFile, assigned_at
from schemaproof.program import with_program
from schemaproof.schema.codes import Code

UNUSABLE: Final = Code("revision", "unusable")
UNMERGED: Final = Code("revision", "unmerged")
DUPLICATE: Final = Code("revision", "duplicate")
WITHOUT_PARENT: Final = Code("revision", "without-parent")
CIRCULAR: Final = Code("revision", "circular")
_CODES: Final = (UNMERGED, UNUSABLE, DUPLICATE, WITHOUT_PARENT, CIRCULAR)
# git and other tools write these markers. A line of seven = is not looked for, because it may
# underline a title.
_MARKER: Final = re.compile(rb"^(?:<{7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)
_ID: Final = re.compile(r"""^revision\b[^=\n]*=\s*(["'])(.+?)\1""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fault:
    """The reason why a revision cannot be used.

    Attributes:
        code: The kind of the fault.
        revision: The id of the revision; the name of its file where the id is not known.
        path: The file of the revision.
        line: The line of the fault, from 1.
        message: The description of the fault.
    """

    code: Code
    revision: str
    path: Path
    line: int
    message: str

    def location(self, root: Path) -> Location:
        """Return the file and line of the fault, relative to the project."""
        return located(self.path, root, self.line)


class BrokenHistoryError(TamperedHistoryError):
    """Some revisions cannot be used, so the history is unknown.

    Attributes:
        faults: The faults of all revisions.
        root: The folder of the project, from which a reader finds the files.
    """

    def __init__(self, faults: Iterable[Fault], root: Path) -> None:
        self.faults = tuple(
            sorted(faults, key=lambda one: (_CODES.index(one.code), one.path, one.line))
        )
        self.root = root
        lines = (
            f"{one.location(root)}: {one.message}: {with_program(CODES[one.code].recommendation)}"
            for one in self.faults
        )
        super().__init__("\n".join(lines))


def in_file(
    path: Path, fault: str | None, line: int = 1, *, id_: str | None = None
) -> Fault | None:
    """Return the fault of one file; None without a fault.

    Args:
        path: The file.
        fault: The reason why the file cannot be loaded; None when it can be loaded.
        line: The line of that fault, from 1.
        id_: The revision's id, where it is known.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        return Fault(UNUSABLE, path.name, path, 1, f"it cannot be read: {error.strerror}")
    found = _ID.search(content.decode("utf-8", "replace"))
    name = id_ or (found[2] if found else path.name)
    if marker := _MARKER.search(content):
        at = content.count(b"\n", 0, marker.start()) + 1
        shown = marker[0].decode().strip()
        return Fault(UNMERGED, name, path, at, f"it contains {shown}, a conflict marker of a merge")
    return Fault(UNUSABLE, name, path, line, fault) if fault else None


def by_text(path: Path) -> Fault | None:
    """Return the fault of a file by its text, without the project's Python."""
    fault, line = None, 1
    try:
        ast.parse(path.read_bytes())
    except OSError:
        pass
    except (SyntaxError, ValueError) as error:
        fault, line = f"{type(error).__name__}: {error}", getattr(error, "lineno", None) or 1
    return in_file(path, fault, line)


def between(files: Sequence[RevisionFile], faulty: Iterable[Fault] = ()) -> Iterator[Fault]:
    """Report faults between revisions: duplicate or missing ids, and cycles.

    Args:
        files: The revisions that can be read.
        faulty: The faults of other files, whose ids count as present.
    """
    yield from _duplicates(files)
    named = {one.revision for one in faulty}
    is_known = all(one.revision != one.path.name for one in faulty)
    known = {file.id for file in files} | named
    for file in files if is_known else ():
        for attribute, ids in (("down_revision", file.follows), ("depends_on", file.depends_on)):
            for parent in ids:
                if parent not in known:
                    message = f"{attribute} is {parent}, and no file has that revision"
                    line = assigned_at(file.path, attribute)
                    yield Fault(WITHOUT_PARENT, file.id, file.path, line, message)
    yield from _cycles({file.id: file for file in files})


def _duplicates(files: Sequence[RevisionFile]) -> Iterator[Fault]:
    ordered = sorted(files, key=lambda file: (file.id, file.path))
    for id_, group in groupby(ordered, key=lambda file: file.id):
        first, *others = group
        for file in others:
            message = f"{first.path.name} has the revision id {id_}, too"
            yield Fault(DUPLICATE, id_, file.path, assigned_at(file.path, "revision"), message)


def _cycles(files: Mapping[str, RevisionFile]) -> Iterator[Fault]:
    """Report each cycle of revisions with their ids."""
    left = dict(files)
    while True:
        try:
            TopologicalSorter({one.id: one.needs for one in left.values()}).prepare()
        except CycleError as error:
            circle = {*error.args[1]}
        else:
            return
        first = min((left.pop(one) for one in circle), key=lambda file: file.path)
        line = assigned_at(first.path, "down_revision")
        message = f"revisions follow each other in a circle: {', '.join(sorted(circle))}"
        yield Fault(CIRCULAR, first.id, first.path, line, message)
