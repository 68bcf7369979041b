"""Revisions as the linter sees them: file, SQL, and the schema before and after."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

from schemaproof.compare import Difference
from schemaproof.history import changes, data_loss, phases
from schemaproof.history.broken_history import BrokenHistoryError
from schemaproof.history.history import History
from schemaproof.history.phases import Phase
from schemaproof.history.probe_results import Printed
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.lint.columns import Columns
from schemaproof.lint.findings import LintFinding
from schemaproof.lint.relations import SEARCHED
from schemaproof.lint.row_checks import RowCheck, checks_between
from schemaproof.lint.rules import RULES
from schemaproof.lint.statements import Statement, read_statements
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.schema_renaming import renamed

Printer: TypeAlias = Callable[[Iterable[str]], Printed]
_ASK: Final = "query the database in SQL (a DO block), not in Python"


# There are no slots, because cached properties need a __dict__.
@dataclass(frozen=True)
class LintedRevision:
    """A revision, as the linter reads it.

    Attributes:
        id: The revision id.
        title: The first paragraph of its docstring.
        path: The file of the revision.
        source: The text of the file.
        statements: The statements of the upgrade; empty when they are unknown.
        unprintable: The reason why the statements are unknown; None when they are known.
        before: The schemas of the revisions that it follows; None when a snapshot is missing.
        after: The schema after the revision; None without a snapshot.
        loses: The data loss that the file declares for the downgrade; None without a declaration.
        declared_phase: The phase that the file declares; None without a declaration.
        is_recorded: Whether the file is unchanged since its snapshot was recorded.
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
    declared_phase: Phase | None = None
    is_recorded: bool = False

    @property
    def is_declared_contract(self) -> bool:
        """Whether its file declares that applications which do not know it fail after it."""
        return self.declared_phase is not None and self.declared_phase.is_contract

    @property
    def phase(self) -> Phase:
        """The phase that the file declares, or else the one that its changes show."""
        return self.declared_phase or phases.shown_phase(self.changes or ())

    @cached_property
    def changes(self) -> tuple[Difference, ...] | None:
        """The differences in the schema; None without a snapshot."""
        if self.before is None or self.after is None:
            return None
        return changes.between(self.before, self.after)

    @cached_property
    def checks(self) -> tuple[RowCheck, ...]:
        """The conditions that existing rows have to meet; empty without a snapshot."""
        if self.before is None or self.after is None:
            return ()
        return tuple(checks_between(self.before, self.after))

    @property
    def tables(self) -> Iterator[ObjectPath]:
        """The tables that it locks or checks, by their names in the SQL."""
        for check in self.checks:
            yield from filter(None, (check.table, check.other))
        yield from (lock.table for one in self.statements for lock in one.locks if lock.table)

    def finding(self, rule: str, line: int, message: str) -> LintFinding:
        """Return a finding about a line of the file."""
        level, remedy = RULES[rule].level, RULES[rule].remedy
        return LintFinding(rule, level, self.id, self.path, line, message, remedy)


def load(
    history: History, wanted: Iterable[str], printer: Printer, searched: str = SEARCHED
) -> Iterator[LintedRevision]:
    """Load revisions, each with the statements that it executes.

    Args:
        history: The history of the project.
        wanted: The ids of the revisions to load.
        printer: The function that prints revisions, such as that of :func:`project_printer`.
        searched: The schema of objects that revisions name without one; for a tenant, its schema.
    """
    names = list(wanted)
    if not names:
        return
    printed = printer(names)
    for name in names:
        revision = history.revisions[name]
        before, after = history.before(revision), history.snapshot_at(name)
        around = Columns(
            tuple(renamed(one, searched, SEARCHED) for one in before or ()),
            after and renamed(after, searched, SEARCHED),
        )
        source = revision.path.read_text("utf-8")
        found, fault = printed[name]
        yield LintedRevision(
            id=name,
            title=revision.title,
            path=revision.path,
            source=source,
            statements=() if fault else read_statements(found, source, around, searched),
            unprintable=fault and f"the SQL of revision {name} cannot be printed ({fault}): {_ASK}",
            before=before,
            after=after,
            loses=data_loss.declared_loss(revision.path),
            declared_phase=phases.declared_phase(revision.path),
            is_recorded=revision.recorded is not None and not revision.changed_since_recorded,
        )


def project_printer(project: Project) -> Printer:
    """Return a printer that lets the project's own Python print revisions.

    The printer raises BrokenHistoryError where some revisions cannot be used.
    """

    def printed(names: Iterable[str]) -> Printed:
        with ProjectProbe(project) as probe:
            _, faults = probe.revisions()
            if faults:
                raise BrokenHistoryError(faults, project.root)
            return probe.statements(names)

    return printed


def printed_once(printer: Printer) -> Printer:
    """Return a printer that prints each revision once, and returns the same result again."""
    known: Printed = {}

    def printed(names: Iterable[str]) -> Printed:
        wanted = list(names)
        if new := [name for name in wanted if name not in known]:
            known.update(printer(new))
        return {name: known[name] for name in wanted}

    return printed
