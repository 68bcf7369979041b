"""The three-way check: models against history, history against the live database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from schemaproof.catalog.catalog import reading, retried
from schemaproof.check import history_findings
from schemaproof.check.audit_findings import with_audit, with_changes_of
from schemaproof.check.database_state import DatabaseState, compare_database
from schemaproof.check.live_findings import (
    NOTHING,
    OnRequest,
    live_findings,
    role_findings,
    violation_findings,
    with_live_findings,
)
from schemaproof.check.model_findings import model_findings
from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.compare import compare
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.errors import HistoryError
from schemaproof.findings.findings import Finding, Report
from schemaproof.history.history import History, load_history
from schemaproof.history.scopes import live_scope
from schemaproof.history.version_table import inspect_history
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.scope import Scope
from schemaproof.schema.shapes import Snapshot

_NOTHING: Final = Report((), objects=0, attributes=0)
ModelFindings: TypeAlias = Callable[[History, tuple[str, ...], ScratchQueries], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a check works with, read of the project before anything else.

    Attributes:
        project: Who may own the version table, the ledger and what the roles are granted.
        history: The revisions with their snapshots.
        scope: Which schemas are looked at.
        scratch: Is asked where no snapshot says it.
    """

    project: Project
    history: History
    scope: Scope
    scratch: ScratchQueries


def run_live(connection: AnyConnection, project: Project) -> tuple[Report | None, tuple[str, ...]]:
    """Compare a database alone with what the revisions produce that it is at.

    Returns:
        The comparison, None where there is no snapshot of them; and those revisions.
    """
    inputs = _inputs(project)
    state = retried(lambda: _read(connection, inputs, NOTHING))
    return state.report, state.rows or ()


def run(
    connection: AnyConnection,
    project: Project,
    on_request: OnRequest = NOTHING,
    *,
    scratch: ScratchQueries | None = None,
    models: ModelFindings = model_findings,
) -> Report:
    """Compare everything with everything, without changing anything.

    Args:
        connection: To the live database.
        project: What to compare.
        on_request: What is looked at besides.
        scratch: Is asked where no snapshot says it.
        models: Says how the models differ from the head.

    Raises:
        HistoryError: A snapshot cannot be read, or nothing at all could be compared.
    """
    inputs = _inputs(project, scratch)
    history, schemas = inputs.history, inputs.scope.schemas
    state = retried(lambda: _read(connection, inputs, on_request))
    compared = state.report or _NOTHING
    found = (
        *state.findings,
        *history_findings.in_database(history, state.history, project),
        *state.own_tables.findings,
        *history_findings.in_files(history),
        *compared.findings,
        *models(history, schemas, inputs.scratch),
        *(() if state.rows is None else history_findings.pending(history, state.rows)),
    )
    repairs = (*compared.repairs, *state.own_tables.repairs)
    return _required(replace(compared, findings=found, repairs=repairs, rows_read=on_request.data))


def _inputs(project: Project, scratch: ScratchQueries | None = None) -> _Inputs:
    return _Inputs(
        project=project,
        history=load_history(project),
        scope=live_scope(project, ()),
        scratch=scratch or ScratchQueries(project),
    )


def _read(connection: AnyConnection, inputs: _Inputs, on_request: OnRequest) -> DatabaseState:
    """Read the live database: its schema in one transaction, its facts in others."""
    with reading(connection):
        live = inspect_history(connection, inputs.project)
        state = compare_database(connection, inputs.scope, inputs.history, live, inputs.scratch)
        state = with_audit(connection, inputs.project, state)
    if state.compared is None or state.report is None:
        return state
    found = [*live_findings(connection, state.compared, live, inputs.project)]
    if on_request.roles:
        expected = state.compared.expected
        found += role_findings(connection, inputs.project, expected, on_request.roles)
    if on_request.data:
        found += violation_findings(connection, state.compared.scope)
    if found:
        with reading(connection):
            found = [*with_changes_of(connection, inputs.project, state, found)]
    return replace(state, report=with_live_findings(state.report, found))


def run_offline(project: Project) -> Report:
    """Compare the models with the history; no database but a scratch database is looked at.

    Raises:
        HistoryError: A snapshot cannot be read, or nothing at all could be compared.
        LocalServerError: The models have to be created, and there is no server for that.
    """
    history = load_history(project)
    found = (
        *history_findings.in_files(history),
        *model_findings(history, project.schemas, ScratchQueries(project), offline=True),
    )
    recorded = history.snapshot_at(history.head.id) if history.head else None
    head = (recorded or Snapshot()).only(project.schemas)
    extent = compare(head, head)
    return _required(Report(found, objects=extent.objects, attributes=extent.attributes))


def _required(report: Report) -> Report:
    if not report.findings and not report.objects:
        raise HistoryError(
            "nothing was compared: there are no revisions",
            remedy="write the first one: " + command_line("revision -m '...'"),
        )
    return report
