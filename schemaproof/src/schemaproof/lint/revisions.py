"""Revisions as the linter sees them: file, SQL, and the schema before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from schemaproof.compare import Difference
from schemaproof.errors import HistoryError
from schemaproof.history import changes
from schemaproof.history.alembic_scripts import script_directory
from schemaproof.history.history import History
from schemaproof.history.metadata import load_metadata
from schemaproof.lint import data_loss
from schemaproof.lint.columns import Columns
from schemaproof.lint.findings import LintFinding
from schemaproof.lint.row_checks import RowCheck, checks_between
from schemaproof.lint.rules import RULES
from schemaproof.lint.statements import Statement, printed_statements
from schemaproof.project import Project
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.shapes import Snapshot


@dataclass(frozen=True)  # without slots: what is worked out is kept
class LintedRevision:
    """A revision.

    Attributes:
        id: Its revision id.
        title: The first paragraph of its docstring.
        path: Its file.
        source: The text of the file.
        statements: What its upgrade executes; empty when that cannot be told.
        unprintable: Why that cannot be told; None when it can.
        before: The schemas that it follows; None without a snapshot of each.
        after: The schema after it; None without a snapshot.
        loses: What its file declares that its downgrade loses.
    """

    id: str
    title: str
    path: Path
    source: str
    statements: tuple[Statement, ...]
    unprintable: str | None
    before: tuple[Snapshot, ...] | None
    after: Snapshot | None
    loses: str | None = None

    @cached_property
    def changes(self) -> tuple[Difference, ...] | None:
        """What is different in the schema afterwards; None without a snapshot."""
        if self.before is None or self.after is None:
            return None
        return changes.between(self.before, self.after)

    @cached_property
    def checks(self) -> tuple[RowCheck, ...]:
        """What it asks of the rows that are there; nothing without a snapshot."""
        if self.before is None or self.after is None:
            return ()
        return tuple(checks_between(self.before, self.after))

    @property
    def tables(self) -> Iterator[ObjectPath]:
        """The tables that it locks, or asks something of, by the names that the SQL has."""
        for check in self.checks:
            yield from filter(None, (check.table, check.other))
        yield from (lock.table for one in self.statements for lock in one.locks if lock.table)

    def finding(self, rule: str, line: int, message: str) -> LintFinding:
        """Say that a rule of ours is broken in a line of the file."""
        level, remedy = RULES[rule].level, RULES[rule].remedy
        return LintFinding(rule, level, self.id, self.path, line, message, remedy)


def load(project: Project, history: History, wanted: Iterable[str]) -> Iterator[LintedRevision]:
    """Load revisions, each with what it executes."""
    script = script_directory(project)
    metadata = load_metadata(project)
    for name in wanted:
        revision = history.revisions[name]
        found = script.get_revision(name)
        around = Columns(history.before(revision) or (), history.snapshot_at(name))
        statements: tuple[Statement, ...] = ()
        unprintable = None
        try:
            statements = printed_statements(found, metadata, around)
        except HistoryError as error:
            unprintable = str(error)
        yield LintedRevision(
            id=name,
            title=revision.title,
            path=Path(found.path),
            source=Path(found.path).read_text("utf-8"),
            statements=statements,
            unprintable=unprintable,
            before=history.before(revision),
            after=around.after,
            loses=data_loss.declared_loss(found),
        )
