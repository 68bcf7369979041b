"""One check of the daemon: the report of ``check``, and facts of the ledger."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from schemaproof.catalog.catalog import reading
from schemaproof.check import check
from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.errors import HistoryError
from schemaproof.findings import baseline, baseline_file
from schemaproof.history import ledger, tenants
from schemaproof.history.broken_history import BrokenHistoryError
from schemaproof.history.history import load_history
from schemaproof.history.version_table import inspect_history
from schemaproof.watch.remembered import Memory
from schemaproof.watch.state import Checked, Migrated

if TYPE_CHECKING:
    from schemaproof.connection.raw_sql import AnyConnection
    from schemaproof.project import Project

_EXTENT = baseline.Extent(data=False, roles=False)


def check_once(connection: AnyConnection, project: Project, memory: Memory) -> Checked:
    """Check, and read the ledger.

    Args:
        connection: The connection to the live database.
        project: The project to compare.
        memory: The cached results of earlier checks.

    Raises:
        SchemaproofError: The check could not complete.
    """
    start = time.perf_counter()
    path = project.baseline_file
    accepted = () if path is None else baseline_file.load(path)
    answers = ScratchQueries(project, memory.answer)
    report = check.check_database(connection, project, scratch=answers, models=memory.models)
    heads: tuple[str, ...] = ()
    with suppress(BrokenHistoryError):
        # The report already says what is wrong with the history.
        heads = load_history(project).heads
    migrated = [_migrated(connection, one) for one in tenants.projects(connection, project)]
    return Checked(
        report=baseline.accept(report, accepted, today=baseline.today(), extent=_EXTENT),
        ended=datetime.now(UTC),
        seconds=time.perf_counter() - start,
        migrated=migrated,
        heads=heads,
    )


def _migrated(connection: AnyConnection, project: Project) -> Migrated:
    rows: list[dict[str, Any]] = []
    with reading(connection):
        found = inspect_history(connection, project.scope)
        # The report of the check says what is wrong with the ledger.
        with suppress(HistoryError):
            rows = ledger.ledger_rows(connection, project.scope) if found.ledger_readable else []
    return Migrated(project.tenant or "", found.rows, rows)
