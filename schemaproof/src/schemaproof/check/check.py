"""The three-way check: models against history, history against the live database."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from schemaproof.catalog.catalog import reading, retried
from schemaproof.check import history_findings
from schemaproof.check.audit_findings import with_audit, with_authors
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
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.history import revision_imports, tenants
from schemaproof.history.broken_history import BrokenHistoryError
from schemaproof.history.history import History, load_history
from schemaproof.history.version_table import inspect_history
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope

_NOTHING: Final = Report((), objects=0, attributes=0)
ModelFindings: TypeAlias = Callable[[History, tuple[str, ...], ScratchQueries], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The inputs of a check, read from the project first.

    Attributes:
        history: The revisions with their snapshots.
        scratch: The queries that replay revisions when the snapshots do not suffice; they hold the
            project.
    """

    history: History
    scratch: ScratchQueries

    @property
    def project(self) -> Project:
        """The project to check."""
        return self.scratch.project

    @property
    def scope(self) -> Scope:
        """The schemas and objects to compare."""
        return self.project.scope


def run_live(connection: AnyConnection, project: Project) -> tuple[Report | None, tuple[str, ...]]:
    """Compare a database with the schema that its revisions produce.

    Returns:
        The comparison (None when the revisions have no snapshot), and the revisions.
    """
    inputs = _Inputs(load_history(project), ScratchQueries(project))
    state = retried(lambda: _read(connection, inputs, NOTHING))
    return state.report, state.rows or ()


def check_database(
    connection: AnyConnection,
    project: Project,
    on_request: OnRequest = NOTHING,
    *,
    scratch: ScratchQueries | None = None,
    models: ModelFindings = model_findings,
) -> Report:
    """Compare models, history and database without changing anything.

    Args:
        connection: The connection to the live database.
        project: The project to compare.
        on_request: The optional parts of the check.
        scratch: The queries that replay revisions when the snapshots do not suffice.
        models: The function that compares the models with the head.

    Raises:
        HistoryError: A snapshot cannot be read, or nothing at all could be compared.
    """
    try:
        inputs = _Inputs(load_history(project), scratch or ScratchQueries(project))
    except BrokenHistoryError as error:
        return _broken_report(error)
    reports = [
        _database_report(connection, one, on_request)
        for one in _for_each_tenant(connection, inputs)
    ]
    found = (
        *(one for report in reports for one in report.findings),
        *history_findings.in_files(inputs.history),
        *_not_importable(inputs),
        *models(inputs.history, inputs.scope.schemas, inputs.scratch),
    )
    return _required(replace(_together(reports, found), rows_read=on_request.data))


def _for_each_tenant(connection: AnyConnection, inputs: _Inputs) -> list[_Inputs]:
    """Return a project for each tenant, unless the check is about one tenant.

    Raises:
        ConfigurationError: There is no schema of a tenant.
    """
    return [
        _Inputs(
            history=tenants.expected_history(inputs.history, one.tenant_names),
            scratch=replace(inputs.scratch, project=one),
        )
        for one in tenants.projects(connection, inputs.project)
    ]


def _together(reports: Sequence[Report], found: Iterable[Finding]) -> Report:
    """Join the reports of tenants; a finding about no single tenant is reported once."""
    return Report(
        tuple(sorted(dict.fromkeys(found), key=lambda one: one.kind is Kind.PENDING)),
        objects=sum(report.objects for report in reports),
        attributes=sum(report.attributes for report in reports),
        repairs=tuple(dict.fromkeys(step for report in reports for step in report.repairs)),
    )


def _database_report(connection: AnyConnection, inputs: _Inputs, on_request: OnRequest) -> Report:
    """Compare the database, or the schema of one tenant in it, with the history."""
    history, tenant = inputs.history, inputs.project.tenant
    state = retried(lambda: _read(connection, inputs, on_request))
    compared = state.report or _NOTHING
    pending = () if state.rows is None else history_findings.pending(history, state.rows, tenant)
    found = (
        *state.findings,
        *history_findings.in_database(history, state.history, inputs.scope),
        *state.own_tables.findings,
        *compared.findings,
        *pending,
    )
    repairs = (*compared.repairs, *state.own_tables.repairs)
    return replace(compared, findings=found, repairs=repairs)


def _read(connection: AnyConnection, inputs: _Inputs, on_request: OnRequest) -> DatabaseState:
    """Read the live database: the schema in one transaction, sequences and rows in others."""
    with reading(connection):
        live = inspect_history(connection, inputs.scope)
        state = compare_database(connection, inputs.scope, inputs.history, live, inputs.scratch)
        state = with_audit(connection, inputs.scope, state)
    if state.compared is None or state.report is None:
        return state
    found = [*live_findings(connection, state.compared, live, dict(inputs.project.settings))]
    if on_request.roles:
        expected = state.compared.expected
        found += role_findings(connection, inputs.scope, expected, on_request.roles)
    if on_request.data:
        found += violation_findings(connection, state.compared.scope)
    if found:
        with reading(connection):
            found = [*with_authors(connection, inputs.scope, state, found)]
    return replace(state, report=with_live_findings(state.report, found))


def run_offline(project: Project) -> Report:
    """Compare the models with the history, without the live database.

    Raises:
        HistoryError: A snapshot cannot be read, or nothing at all could be compared.
        LocalServerError: The models have to be created, and there is no server for that.
    """
    try:
        inputs = _Inputs(load_history(project), ScratchQueries(project))
    except BrokenHistoryError as error:
        return _broken_report(error)
    history = inputs.history
    found = (
        *history_findings.in_files(history),
        *_not_importable(inputs),
        *model_findings(history, inputs.scope.schemas, inputs.scratch, offline=True),
    )
    head = (history.head_snapshot or Snapshot()).only(project.schemas)
    extent = compare(head, head)
    return _required(Report(found, objects=extent.objects, attributes=extent.attributes))


def _not_importable(inputs: _Inputs) -> Iterator[Finding]:
    """Report revisions that can be read but not imported."""
    faults = revision_imports.faults(inputs.project, inputs.history)
    return history_findings.broken(faults, inputs.project.root)


def _broken_report(error: BrokenHistoryError) -> Report:
    """Report broken revisions, whose schema cannot be determined."""
    found = history_findings.broken(error.faults, error.root)
    return Report(tuple(found), objects=0, attributes=0)


def _required(report: Report) -> Report:
    if not report.findings and not report.objects:
        raise HistoryError(
            "nothing was compared: there are no revisions",
            remedy="write the first one: " + command_line("revision -m '...'"),
        )
    return report
