"""The three-way check: models against history, history against the live database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection, text

from core.errors import HistoryError, LocalServerError
from core.project import Project
from introspection import findings
from introspection.catalog import reading, retried
from introspection.compare import Difference, compare
from introspection.findings import Finding, Kind, Report
from introspection.shapes import Snapshot
from migrations.runner import model_sources
from migrations.runner.history import History, load_history
from migrations.runner.metadata import load_metadata
from migrations.runner.verify import verify


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What the live database says, read in one transaction.

    Attributes:
        rows: The rows of ``alembic_version``.
        report: The comparison with the snapshot of that revision; None when there is none.
    """

    rows: tuple[str, ...]
    report: Report | None


def check(connection: Connection, project: Project) -> Report:
    """Compare everything with everything, without changing anything.

    Raises:
        HistoryError: A snapshot cannot be read, or nothing at all could be compared.
    """
    history = load_history(project)
    state = retried(lambda: _read_state(connection, project, history))
    found = [
        *tampered(history, state.rows),
        *(state.report.findings if state.report else ()),
        *_without_snapshot(history),
        *_models(project, history),
        *_pending(history, state.rows),
    ]
    compared = state.report or Report((), objects=0, attributes=0)
    if not found and not compared.objects:
        raise HistoryError(
            "nothing was compared: there are no revisions",
            remedy="write the first one: alembic revision --autogenerate -m '...'",
        )
    return replace(compared, findings=tuple(found))


def applied_revisions(connection: Connection) -> tuple[str, ...]:
    """Return the rows of ``alembic_version``; none when there is no such table."""
    if connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
        return ()
    rows = connection.scalars(
        text("SELECT version_num FROM public.alembic_version ORDER BY version_num")
    )
    return tuple(rows)


def _read_state(connection: Connection, project: Project, history: History) -> DatabaseState:
    with reading(connection):
        rows = applied_revisions(connection)
        expected = history.snapshot_at(rows[0] if rows else None) if len(rows) <= 1 else None
        report = None if expected is None else verify(connection, project, expected)
        return DatabaseState(rows, report)


def tampered(history: History, rows: tuple[str, ...]) -> Iterator[Finding]:
    """Find what makes the history itself untrustworthy."""
    if len(rows) > 1:
        yield Finding("version-rows", Kind.TAMPERED, "alembic_version", "one row", ", ".join(rows))
    for row in rows:
        if row not in history.revisions:
            yield Finding("revision-unknown", Kind.TAMPERED, row, "a revision of ours", row)
    if len(history.heads) > 1:
        yield Finding(
            "several-heads", Kind.TAMPERED, "migrations", "one head", ", ".join(history.heads)
        )
    for revision in history.revisions.values():
        if revision.recorded is not None and revision.changed_since_recorded:
            yield Finding(
                "revision-file-changed",
                Kind.TAMPERED,
                revision.id,
                revision.recorded.file_checksum,
                revision.file_checksum,
            )
    for stranger in history.strangers:
        yield Finding("snapshot-of-no-revision", Kind.TAMPERED, stranger, "a revision", None)


def _without_snapshot(history: History) -> Iterator[Finding]:
    for revision in history.revisions.values():
        if revision.recorded is None:
            yield Finding(
                "snapshot-missing", Kind.MISSING_REVISION, revision.id, "a snapshot", None
            )


def _models(project: Project, history: History) -> Iterator[Finding]:
    """Compare the models with the head, as far as there is one and it was recorded."""
    if history.head is None or history.head.recorded is None:
        return
    sources = history.head.recorded.model_sources
    if sources is not None and sources == model_sources.digest(project):
        return
    from introspection.expected import fingerprint
    from migrations.runner import record

    metadata = load_metadata(project)
    if fingerprint(metadata) == history.head.recorded.models:
        return
    try:
        declared = record.declared(project, metadata)
    except LocalServerError as error:
        yield Finding("models-unverified", Kind.UNVERIFIED, project.metadata, None, error.message)
        return
    recorded = history.head.recorded.snapshot.only(project.schemas)
    differences = compare(declared.only(project.schemas), recorded).differences
    yield from findings.missing_revision(differences)


def _pending(history: History, rows: tuple[str, ...]) -> Iterator[Finding]:
    if len(rows) > 1 or any(row not in history.revisions for row in rows):
        return
    for revision in history.pending(rows[0] if rows else None):
        before = history.snapshot_at(revision.parents[0] if revision.parents else None)
        after = history.snapshot_at(revision.id)
        changes = _between(before, after)
        yield Finding(
            "revision-pending", Kind.PENDING, revision.id, _described(revision.title, changes), None
        )


def _between(before: Snapshot | None, after: Snapshot | None) -> tuple[Difference, ...]:
    return compare(before, after).differences if before and after else ()


def _described(title: str, changes: tuple[Difference, ...]) -> str:
    tables = sorted({change.path for change in changes if change.code == "table-unexpected"})
    if tables:
        return f"{title} Creates {', '.join(tables)}."
    return f"{title} Changes {len(changes)} attributes or objects." if changes else title
