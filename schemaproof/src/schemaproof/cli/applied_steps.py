"""Read from the ledger who applied a revision to the database, and when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import psycopg2

from schemaproof.cli import error_boundary, output
from schemaproof.cli.connection import connected_to_read, target
from schemaproof.cli.ledger_rows import actor, started
from schemaproof.errors import ConfigurationError, DatabaseUnavailableError
from schemaproof.program import program_name

if TYPE_CHECKING:
    from schemaproof.history.history import History
    from schemaproof.project import Project


@dataclass(frozen=True, slots=True)
class AppliedStep:
    """The step of a migration that applied a revision, or stamped it.

    Attributes:
        direction: ``upgrade`` or ``stamp``.
        at: The time when the step began.
        by: The role, and the account that called the program.
    """

    direction: str
    at: str
    by: str

    def __str__(self) -> str:
        verb = "applied" if self.direction == "upgrade" else "stamped"
        return f"{verb} {self.at} by {self.by}"


@dataclass(frozen=True, slots=True)
class AppliedSteps:
    """The last step of each revision that is applied to a database.

    Attributes:
        by_revision: The steps; None without a database.
        applied: The revisions that the version table says are applied.
    """

    by_revision: Mapping[str, AppliedStep] | None
    applied: Collection[str] = ()

    def describe(self, revision: str) -> str:
        """Describe who applied a revision; empty without a database."""
        if self.by_revision is None:
            return ""
        if revision not in self.applied:
            return "not applied here"
        step = self.by_revision.get(revision)
        return "applied; the ledger does not record by whom" if step is None else str(step)

    def state(self, revision: str) -> str:
        """Return ``applied`` or ``pending``; nothing without a database."""
        if self.by_revision is None:
            return ""
        return "applied" if revision in self.applied else "pending"

    def as_json(self, revision: str) -> dict[str, Any]:
        """Return the state and the step of a revision for JSON; empty without a database."""
        if self.by_revision is None:
            return {}
        step = self.by_revision.get(revision)
        is_applied = revision in self.applied
        return {"applied": is_applied, "step": asdict(step) if step and is_applied else None}


def read_steps(project: Project, history: History, *, offline: bool) -> AppliedSteps:
    """Read the steps from the database of the settings; without a database, warn and continue.

    Args:
        project: The project of the ledger.
        history: The revisions.
        offline: Whether to leave out the database.

    Raises:
        TamperedHistoryError: The version table or the ledger was altered.
    """
    from schemaproof.catalog.catalog import reading
    from schemaproof.history import ledger
    from schemaproof.history.version_table import read_history

    if offline:
        return AppliedSteps(None)
    try:
        with connected_to_read() as connection, reading(connection):
            at = read_history(connection, project.scope).rows or ()
            rows = ledger.ledger_rows(connection, project.scope)
    except (ConfigurationError, DatabaseUnavailableError, psycopg2.OperationalError) as error:
        why = error_boundary.line(error, target=target())
        output.say(f"{program_name()}: which revisions are applied is not known: {why}", err=True)
        return AppliedSteps(None)
    return AppliedSteps(_last_steps(rows), history.applied(*at))


def _last_steps(rows: list[dict[str, Any]]) -> dict[str, AppliedStep]:
    found: dict[str, AppliedStep] = {}
    for row in rows:  # The rows are sorted from the oldest to the newest.
        if row["outcome"] == "failed":
            continue
        if row["direction"] == "downgrade":
            found.pop(row["revision"], None)
        else:
            found[row["revision"]] = AppliedStep(row["direction"], started(row), actor(row))
    return found
