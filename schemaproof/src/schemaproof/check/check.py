"""The three-way check: models against history, history against the live database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from schemaproof.catalog.catalog import reading, retried
from schemaproof.check import history_findings, history_tables_diff
from schemaproof.check.live_diff import Expected, closest, verify
from schemaproof.check.live_findings import (
    NOTHING,
    LiveFindings,
    OnRequest,
    live_findings,
    with_live_findings,
)
from schemaproof.compare import Difference, compare
from schemaproof.connection.raw_sql import AnyConnection, DriverConnection
from schemaproof.connection.readers import Readers
from schemaproof.errors import HistoryError, LocalServerError
from schemaproof.findings import findings
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.history import model_sources, version_table
from schemaproof.history.history import History, load_history
from schemaproof.history.version_table import LiveHistory
from schemaproof.project import Project
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.shapes import Snapshot

_NOTHING: Final = Report((), objects=0, attributes=0)


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What the live database says, read in one transaction.

    Attributes:
        history: Its version table and ledger.
        rows: The revisions that it is at: the rows of the version table, or, where this role may
            not read them, the one whose schema is closest; None when nobody can tell.
        report: The comparison with what those revisions produce; None when there was none.
        findings: What could not be compared, or what the version table does not say.
        beside: What is wrong besides, found outside of that transaction.
        own: The comparison of the version table and the ledger with what they should be.
    """

    history: LiveHistory
    rows: tuple[str, ...] | None
    report: Report | None
    findings: tuple[Finding, ...] = ()
    beside: Future[LiveFindings] | None = None
    own: Report = _NOTHING


def check(
    connection: AnyConnection,
    project: Project,
    on_request: OnRequest = NOTHING,
    open_another: Callable[[], DriverConnection] | None = None,
) -> Report:
    """Compare everything with everything, without changing anything.

    Args:
        connection: To the live database.
        project: What to compare.
        on_request: What is looked at besides.
        open_another: Opens a second session to that database, which helps where there is much to
            read.

    Raises:
        HistoryError: A snapshot cannot be read, or nothing at all could be compared.
    """
    history = load_history(project)

    def read_once() -> DatabaseState:
        with Readers(connection, open_another) as readers:
            with reading(connection):
                state = _read_state(readers, project, history, on_request)
            if state.report is None or state.beside is None:
                return state
            report = with_live_findings(state.report, readers.get_apart(state.beside))
            return replace(state, report=report)

    state = retried(read_once)
    found = (
        *state.findings,
        *history_findings.of_version(history, state.history, project),
        *state.own.findings,
        *history_findings.of_history(history),
        *(state.report.findings if state.report else ()),
        *_models(project, history, offline=False),
        *(() if state.rows is None else history_findings.pending(history, state.rows)),
    )
    compared = state.report or _NOTHING
    repairs = (*compared.repairs, *state.own.repairs)
    return _of_something(
        replace(compared, findings=found, repairs=repairs, rows_read=on_request.data)
    )


def check_offline(project: Project) -> Report:
    """Compare the models with the history; no database but a scratch database is looked at.

    Raises:
        HistoryError: A snapshot cannot be read, or nothing at all could be compared.
        LocalServerError: The models have to be created, and there is no server for that.
    """
    history = load_history(project)
    found = (*history_findings.of_history(history), *_models(project, history, offline=True))
    recorded = _head_snapshot(project, history) or Snapshot()
    extent = compare(recorded, recorded)
    return _of_something(Report(found, objects=extent.objects, attributes=extent.attributes))


def _of_something(report: Report) -> Report:
    if not report.findings and not report.objects:
        raise HistoryError(
            "nothing was compared: there are no revisions",
            remedy="write the first one: monps-db revision -m '...'",
        )
    return report


def _read_state(
    readers: Readers, project: Project, history: History, on_request: OnRequest
) -> DatabaseState:
    found = version_table.inspect_history(readers.session, project)
    state = _compared(readers, project, history, found, on_request)
    return replace(state, own=history_tables_diff.compared(readers.session, project, found.own))


def _compared(
    readers: Readers,
    project: Project,
    history: History,
    state: LiveHistory,
    on_request: OnRequest,
) -> DatabaseState:
    table = path(*project.version_table)
    if state.version_fault is not None:
        # Which revision it is at, nobody says who could be believed.
        return DatabaseState(state, None, None)
    if state.rows is None:
        best, report = closest(readers, project, history)
        said = f"compared with {best}, whose schema is closest" if best else "not compared"
        finding = Finding(Code("version", "unreadable"), Kind.UNVERIFIED, table, None, said)
        return DatabaseState(state, (best,) if best else None, report, (finding,))
    unsaid = None if state.rows else _no_version(readers, project, history, state)
    if unsaid and unsaid.kind is Kind.TAMPERED:
        return DatabaseState(state, None, None, (unsaid,))
    try:
        expected = _expected(project, history, state.rows)
    except LocalServerError as error:
        finding = Finding(
            Code("branches", "unverified"), Kind.UNVERIFIED, table, None, error.message
        )
        return DatabaseState(state, state.rows, None, (finding,))
    doubts = (unsaid,) if unsaid else ()
    if expected is None:
        return DatabaseState(state, state.rows, None, doubts)
    settle = partial(_settled, project, state.rows[0]) if len(state.rows) == 1 else None
    beside = readers.ask_apart(
        lambda session: live_findings(session, project, expected, state, on_request)
    )
    report = verify(readers, project, expected, settle)
    return DatabaseState(state, state.rows, report, doubts, beside)


def _settled(project: Project, revision: str, *texts: Any) -> tuple[Difference, ...]:
    # Only texts that differ need what this imports.
    from schemaproof.check.text_equivalence import settled

    return settled(project, revision, *texts)


def _no_version(
    readers: Readers, project: Project, history: History, state: LiveHistory
) -> Finding | None:
    """Say that no revision is named although our objects are there."""
    heads = [history.snapshot_at(head) or Snapshot() for head in history.heads]
    names = {name for head in heads for name in head.only(project.schemas).object_names()}
    if not version_table.any_exists(readers.session, names):
        return None
    best, report = closest(readers, project, history)
    exact = best and report and not report.findings
    hint = f", and the schema is that of {best}" if exact else ""
    table = path(*project.version_table)
    wanted = "the revision that the schema is at"
    if state.there:
        return Finding(Code("version", "empty"), Kind.TAMPERED, table, wanted, f"no row{hint}")
    return Finding(
        Code("version", "missing"), Kind.UNVERIFIED, table, wanted, f"no such table{hint}"
    )


def _expected(project: Project, history: History, rows: tuple[str, ...]) -> Expected | None:
    """Return what the schema should be after the revisions that the database is at."""
    if not rows:
        return Expected.of(Snapshot(), project)
    if len(rows) == 1:
        known = history.revisions.get(rows[0])
        return Expected.recorded(known.recorded, project) if known and known.recorded else None
    applied = history.applied(*rows)
    if any(row not in applied for row in rows):
        return None
    tips = [row for row in rows if not any(history.follows(other, row) for other in rows)]
    if len(tips) < len(rows):
        return None
    from schemaproof.history import record
    from schemaproof.history.history import script_directory
    from schemaproof.history.metadata import load_metadata

    # Two branches that are not merged yet: no snapshot has what both produce together.
    script = script_directory(project)
    snapshot = record.produced(project, script, load_metadata(project), rows)
    return Expected.of(snapshot, project)


def _models(project: Project, history: History, *, offline: bool) -> Iterator[Finding]:
    """Compare the models with the head, as far as there is one and it was recorded."""
    recorded = history.head.recorded if history.head else None
    snapshot = _head_snapshot(project, history)
    if recorded is None or snapshot is None:
        return
    sources = recorded.model_sources
    if sources is not None and sources == model_sources.digest(project):
        return
    from schemaproof.catalog.expected import fingerprint
    from schemaproof.history import record
    from schemaproof.history.metadata import load_metadata

    metadata = load_metadata(project)
    if fingerprint(metadata) == recorded.models:
        return
    try:
        declared = record.declared(project, metadata)
    except (LocalServerError, HistoryError) as error:
        if offline:
            raise
        where = ObjectPath(", ".join(project.metadata))
        yield Finding(Code("models", "unverified"), Kind.UNVERIFIED, where, None, error.message)
        return
    yield from findings.missing_revision(
        compare(declared.only(project.schemas), snapshot).differences
    )


def _head_snapshot(project: Project, history: History) -> Snapshot | None:
    recorded = history.head.recorded if history.head else None
    return recorded.snapshot.only(project.schemas) if recorded else None
