"""Findings about revisions, version table and ledger. Pure: no database."""

from collections.abc import Iterable, Iterator
from itertools import permutations
from pathlib import Path

from schemaproof.findings.findings import Finding, Kind
from schemaproof.history import changes
from schemaproof.history.broken_history import Fault
from schemaproof.history.history import History
from schemaproof.history.revision import Revision
from schemaproof.history.version_table import LiveHistory
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.scope import Scope


def broken(faults: Iterable[Fault], root: Path) -> Iterator[Finding]:
    """Report revisions that cannot be used, and why."""
    for fault in faults:
        where, line = ObjectPath(fault.revision), fault.location(root)
        yield Finding(fault.code, Kind.TAMPERED, where, None, fault.message, location=line)


def in_files(history: History) -> Iterator[Finding]:
    """Report faults of the revision files."""
    if history.several:
        yield Finding(
            Code("several", "heads"),
            Kind.TAMPERED,
            ObjectPath("migrations"),
            "one head",
            ", ".join(history.several),
        )
    for revision in history.revisions.values():
        if revision.recorded is not None and revision.changed_since_recorded:
            yield Finding(
                Code("revision", "file-changed"),
                Kind.TAMPERED,
                ObjectPath(revision.id),
                revision.recorded.file_checksum,
                revision.file_checksum,
            )
    for stranger in history.snapshots_without_revision:
        yield Finding(
            Code("snapshot", "of-no-revision"),
            Kind.TAMPERED,
            ObjectPath(stranger),
            "a revision",
            None,
        )
    yield from _unrecorded(history)


def _unrecorded(history: History) -> Iterator[Finding]:
    """Report revisions without a snapshot; a project without any gets one finding."""
    code, kind = Code("snapshot", "missing"), Kind.MISSING_REVISION
    wanted = history.applied(*history.heads) - history.before_start
    missing = [one.id for one in history.revisions.values() if one.recorded is None]
    missing = [one for one in missing if one in wanted]
    if len(missing) == len(wanted) > 1:
        where = ObjectPath(f"{missing[0]} to {missing[-1]}")
        yield Finding(code, kind, where, f"{len(missing)} snapshots", None)
        return
    for revision in missing:
        yield Finding(code, kind, ObjectPath(revision), "a snapshot", None)


def in_database(history: History, live: LiveHistory, scope: Scope) -> Iterator[Finding]:
    """Report faults of the version table and of the files of applied revisions."""
    table = path(*scope.version_table)
    rows = live.rows or ()
    if any(history.follows(one, other) for one, other in permutations(rows, 2)):
        yield Finding(Code("version", "rows"), Kind.TAMPERED, table, "one row", ", ".join(rows))
    for row in rows:
        if not history.knows(row):
            code = Code("revision", "unknown")
            yield Finding(code, Kind.TAMPERED, ObjectPath(row), "a revision of ours", row)
    yield from _applied_otherwise(history, live)
    if live.version_fault is not None:
        code, usual = Code("version", "altered"), "as Alembic makes it"
        yield Finding(code, Kind.TAMPERED, table, usual, live.version_fault)
    ledger = path(*scope.ledger_table)
    if live.ledger_readable is False:
        yield Finding(Code("ledger", "unreadable"), Kind.UNVERIFIED, ledger)
    if live.ledger_fault is not None:
        code, usual = Code("ledger", "altered"), "as the runner made it"
        yield Finding(code, Kind.TAMPERED, ledger, usual, live.ledger_fault)


def _applied_otherwise(history: History, live: LiveHistory) -> Iterator[Finding]:
    """Compare the files of applied revisions with their checksums in the ledger."""
    applied = history.applied(*(live.rows or ()))
    for revision in history.revisions.values():
        if revision.id not in applied:
            continue
        recorded = revision.recorded.file_checksum if revision.recorded else None
        in_ledger = live.checksums.get(revision.id, revision.file_checksum)
        # If the file was edited and its snapshot records what was applied, another finding already
        # reports the edit.
        former = history.squashed.get(revision.id, revision).file_checksum
        if in_ledger not in {revision.file_checksum, recorded, former}:
            code, now = Code("revision", "applied-otherwise"), revision.file_checksum
            yield Finding(code, Kind.TAMPERED, ObjectPath(revision.id), now, in_ledger)


def pending(history: History, rows: tuple[str, ...], tenant: str | None) -> Iterator[Finding]:
    """Report what each pending revision would change."""
    if not all(map(history.knows, rows)):
        return
    for revision in history.pending(*rows):
        yield Finding(
            Code("revision", "pending"),
            Kind.PENDING,
            path(tenant, revision.id) if tenant else ObjectPath(revision.id),
            _described(history, revision),
            None,
        )


def _described(history: History, revision: Revision) -> str:
    changed = history.own_changes(revision)
    title = " ".join(revision.title.split())
    if title and title[-1] not in ".!?":
        title += "."
    if changed is None:
        return f"{title} What it changes is not recorded.".strip()
    return f"{title} {changes.in_words(changed) or 'Changes nothing.'}".strip()
