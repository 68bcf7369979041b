"""The gate: what a migration may build on, and what a revision may leave behind. Pure.

In mode ``strict`` every difference counts. In mode ``new`` those count that came since the last
migration looked: a difference that the ledger recorded is known, and so is what a revision found
out of step and left alone. In mode ``off`` none counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from schemaproof.check.live_diff import State
from schemaproof.compare import compare
from schemaproof.errors import MigrationRefusedError
from schemaproof.findings.codes import Severity
from schemaproof.findings.findings import Finding, Kind
from schemaproof.schema.codes import Code
from schemaproof.schema.kinds import DEFAULT_PRIVILEGES

SHOWN: Final = 10
_COUNTED: Final = {
    "strict": frozenset({Kind.DRIFT, Kind.UNMODELLED}),
    "new": frozenset({Kind.DRIFT}),
    "off": frozenset(),
}
_AROUND: Final = frozenset({Code("event-trigger", "unexpected"), Code("publication", "unexpected")})
_ALLOW: Final = (
    "or go on with a reason: --allow {ground} --reason '...'"
    " (alembic -x allow={ground} -x reason='...')"
)
_REMEDIES: Final = {
    "drift": "see monps-db check, and take it back (monps-db check --sql), ",
    "tampering": "see monps-db check, and restore the files from version control, ",
    "heads": "merge the branches (alembic merge heads), ",
    "lint": "see monps-db lint, and make the revision safe or name the rule in lint-ignore, ",
}


def held_before(
    now: State, ahead: State | None, known: Iterable[Finding] | None, mode: str
) -> list[Finding]:
    """Return the differences that a migration may not build on.

    Args:
        now: The database, compared with the revision that it says it is at.
        ahead: The same, compared with the next revision: what that one is about to make, an
            interrupted attempt may have left, and it is not held against it.
        known: What differed after the last step; None when nobody knows.
        mode: The gate's mode.
    """
    recorded = {_identity(finding) for finding in known or () if mode != "strict"}
    staying = set(ahead.expected.object_names()) if ahead else set()
    left = {finding.path for finding in ahead.report.findings} if ahead else set()
    return [
        finding
        for finding in now.report.findings
        if _counts(finding, mode)
        and _identity(finding) not in recorded
        # What stays, and is in this respect as the next revision makes it.
        and (finding.path.object not in staying or finding.path in left)
    ]


def held_after(
    before: State | None,
    known: Iterable[Finding],
    at_home: Iterable[tuple[str, str]],
    now: State,
    mode: str,
) -> list[Finding]:
    """Return the differences for which a revision is taken back.

    Args:
        before: The database before the revision, read with the scope of ``now``; None when unknown.
        known: What differed before.
        at_home: The objects that the snapshot before the revision has.
        now: The database after it, compared with its snapshot.
        mode: The gate's mode.
    """
    counted = [finding for finding in now.report.findings if _counts(finding, mode)]
    if mode == "strict" or before is None or not counted:
        return counted
    known = tuple(known)
    recorded = {_identity(finding) for finding in known}
    foreign = _out_of_step(before, known, at_home) - _changed(before, now)
    return [
        finding
        for finding in counted
        if _identity(finding) not in recorded and finding.path.object not in foreign
    ]


def refuse(ground: str, what: str, found: Sequence[Finding]) -> None:
    """Refuse to migrate, if there is a reason to.

    Raises:
        MigrationRefusedError: Something was found.
    """
    worst = sorted(found, key=lambda finding: tuple(Severity).index(finding.severity))
    refuse_named(ground, what, [_named(one) for one in worst])


def _named(finding: Finding) -> str:
    name = f"{finding.code} {finding.path}"
    return f"{name} ({finding.hint})" if finding.hint else name


def refuse_named(ground: str, what: str, found: Sequence[str]) -> None:
    """Refuse to migrate, if there is a reason to.

    Args:
        ground: What is refused, and can be allowed.
        what: What is wrong with it.
        found: The reasons, the worst first.

    Raises:
        MigrationRefusedError: There is a reason.
    """
    if not found:
        return
    shown = ", ".join(found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise MigrationRefusedError(
        f"{what}: {shown}{more}",
        ground=ground,
        remedy=_REMEDIES[ground] + _ALLOW.format(ground=ground),
    )


def _counts(finding: Finding, mode: str) -> bool:
    """Whether a difference stands in the way at all.

    Who may do what is decided in each environment, and no migration builds on it; nor does it on
    what others have around it.
    """
    about_access = finding.code.aspect in {"owner", "privileges"}
    by_default = finding.code.kind == DEFAULT_PRIVILEGES.name
    around = finding.code in _AROUND
    return finding.kind in _COUNTED[mode] and not (about_access or by_default or around)


def _out_of_step(
    before: State, known: Iterable[Finding], at_home: Iterable[tuple[str, str]]
) -> set[tuple[str, ...]]:
    """Objects that were there and not as expected, or expected by nobody."""
    there = set(before.actual.object_names())
    return (there - set(at_home)) | {finding.path.object for finding in known}


def _changed(before: State, now: State) -> set[tuple[str, ...]]:
    differences = compare(before.actual, now.actual).differences
    return {difference.path.object for difference in differences}


def _identity(finding: Finding) -> tuple[str, str, str | None, str | None]:
    return finding.code, finding.path, finding.expected, finding.actual
