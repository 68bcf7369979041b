"""The request to write revisions, and its result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemaproof.compare import Difference
from schemaproof.history.renames import Rename


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionOptions:
    """The options of ``alembic revision``.

    Attributes:
        message: The title of the revision.
        rev_id: The id of the revision; a random one when None.
        head: The revision before the new one, or a branch's label with ``@head``.
        splice: Whether the new revision may follow a revision that is no head.
        branch_label: A label for the branch that begins with the new revision.
        version_path: The folder for the file, where the project has several.
        depends_on: Further revisions that the new one needs.
        only: Patterns of the objects to change; all objects that differ when empty.
        plain: Whether to write one revision as Alembic does, regardless of its locks.
        rename: Columns and tables that get another name, each as ``OLD=NEW``.
        online: Whether the old names keep working until the contract phase.
        application: The oldest version of the application, as NAME/VERSION, that may
            be connected when a contract revision runs; None for any.
    """

    message: str
    rev_id: str | None = None
    head: str = "head"
    splice: bool = False
    branch_label: str | None = None
    version_path: str | None = None
    depends_on: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    plain: bool = False
    rename: tuple[str, ...] = ()
    online: bool = False
    application: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The result of writing revisions.

    Attributes:
        files: The files of the revisions; none when there was nothing to write.
        snapshots: The files of their snapshots.
        changes: The changes that the revisions make together.
        unwritten: The requested changes that the revisions do not make.
        left: The remaining differences, which nobody asked to remove.
        notes: Notes for the reader.
    """

    files: tuple[Path, ...]
    snapshots: tuple[Path, ...]
    changes: tuple[Difference, ...]
    unwritten: tuple[Difference, ...]
    left: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """Functions that ask the user; without them there are no questions.

    Attributes:
        choose: The function that chooses which earlier differences a new revision removes.
        is_rename: The function that decides whether a dropped and a created object are a rename.
    """

    choose: Callable[[Sequence[Difference]], Sequence[Difference]] = lambda _: ()
    is_rename: Callable[[Rename], bool] | None = None


NOBODY: Final = Answers()
