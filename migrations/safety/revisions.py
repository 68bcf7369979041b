"""Revisions as the linter sees them: file, SQL, and the schema before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import HistoryError
from core.project import Project
from introspection.shapes import Snapshot
from migrations.runner.history import History, script_directory
from migrations.runner.metadata import load_metadata
from migrations.safety import statements as printed
from migrations.safety.statements import Statement


@dataclass(frozen=True, slots=True)
class LintedRevision:
    """A revision.

    Attributes:
        id: Its revision id.
        title: The first paragraph of its docstring.
        path: Its file.
        source: The text of the file.
        statements: What its upgrade executes; empty when that cannot be told.
        unprintable: Why that cannot be told; None when it can.
        before: The schema before it; None without a snapshot.
        after: The schema after it; None without a snapshot.
    """

    id: str
    title: str
    path: Path
    source: str
    statements: tuple[Statement, ...]
    unprintable: str | None
    before: Snapshot | None
    after: Snapshot | None


def load(project: Project, history: History, wanted: Iterable[str]) -> Iterator[LintedRevision]:
    """Load revisions, each with what it executes."""
    script = script_directory(project)
    metadata = load_metadata(project)
    for name in wanted:
        revision = history.revisions[name]
        found = script.get_revision(name)
        statements: tuple[Statement, ...] = ()
        unprintable = None
        try:
            statements = printed.of_revision(found, metadata)
        except HistoryError as error:
            unprintable = str(error)
        parent = revision.parents[0] if revision.parents else None
        yield LintedRevision(
            id=name,
            title=revision.title,
            path=Path(found.path),
            source=Path(found.path).read_text("utf-8"),
            statements=statements,
            unprintable=unprintable,
            before=history.snapshot_at(parent),
            after=history.snapshot_at(name),
        )
