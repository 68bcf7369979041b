"""The three-way check: models against history, history against the live database."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from schemaproof.catalog.catalog import reading, retried
from schemaproof.check import history_findings
from schemaproof.check.database_state import DatabaseState, compare_database
from schemaproof.check.live_findings import (
    NOTHING,
    OnRequest,
    live_findings,
    with_live_findings,
)
from schemaproof.check.model_findings import model_findings
from schemaproof.check.scratch_answers import ScratchAnswers
from schemaproof.compare import compare
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.errors import HistoryError
from schemaproof.findings.findings import Report
from schemaproof.history.history import History, load_history
from schemaproof.history.scopes import live_scope
from schemaproof.history.version_table import inspect_history
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.shapes import Snapshot

_NOTHING: Final = Report((), objects=0, attributes=0)


def run(connection: AnyConnection, project: Project, on_request: OnRequest = NOTHING) -> Report:
    """Compare everything with everything, without changing anything.

    Args:
        connection: To the live database.
        project: What to compare.
        on_request: What is looked at besides.

    Raises:
        HistoryError: A snapshot cannot be read, or nothing at all could be compared.
    """
    history = load_history(project)
    state = retried(lambda: _read(connection, project, history, on_request))
    compared = state.report or _NOTHING
    found = (
        *state.findings,
        *history_findings.in_database(history, state.history, project.version_table),
        *state.history_tables.findings,
        *history_findings.in_files(history),
        *compared.findings,
        *model_findings(project, history, offline=False),
        *(() if state.rows is None else history_findings.pending(history, state.rows)),
    )
    repairs = (*compared.repairs, *state.history_tables.repairs)
    return _required(replace(compared, findings=found, repairs=repairs, rows_read=on_request.data))


def run_offline(project: Project) -> Report:
    """Compare the models with the history; no database but a scratch database is looked at.

    Raises:
        HistoryError: A snapshot cannot be read, or nothing at all could be compared.
        LocalServerError: The models have to be created, and there is no server for that.
    """
    history = load_history(project)
    found = (
        *history_findings.in_files(history),
        *model_findings(project, history, offline=True),
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


def _read(
    connection: AnyConnection, project: Project, history: History, on_request: OnRequest
) -> DatabaseState:
    with reading(connection):
        live = inspect_history(connection, project)
        scope, scratch = live_scope(project, ()), ScratchAnswers(project)
        state = compare_database(connection, scope, history, live, scratch)
    if state.compared is None or state.report is None:
        return state
    found = live_findings(connection, project, state.compared, live, on_request)
    return replace(state, report=with_live_findings(state.report, found))
