"""Known differences that are accepted: a committed file, with a reason for each.

An entry accepts one finding as it is. When the object changes once more, the entry no longer
matches, and the finding is reported again.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final, TypeAlias

from schemaproof.findings.codes import Code
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.schema.codes import MISSING, RENAMED, UNEXPECTED
from schemaproof.schema.kinds import CONSTRAINTS
from schemaproof.schema.paths import ObjectPath, path

Identity: TypeAlias = tuple[Code, ObjectPath, str | None, str | None]
_BEHIND_NULLABILITY: Final = re.compile(r"(?<=NULL|ERIT) (DEFAULT|GENERATED) .*", re.DOTALL)
_MODIFIER: Final = re.compile(r"\s*(\([\d, ]+\))")
_ACCEPTABLE: Final = frozenset({Kind.DRIFT, Kind.MISSING_REVISION, Kind.UNMODELLED})

# If a report has one of these findings, not all of models, history and database were compared.
_INCOMPLETE: Final = frozenset(
    {
        *(Code("branches", "unverified"), Code("models", "unverified")),
        *(Code("version", name) for name in ("missing", "unreadable", "unverified")),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted difference.

    Attributes:
        code: The finding's code.
        path: The object.
        reason: The reason to accept it.
        expected: The finding's expected value; None when it has none.
        actual: The finding's actual value; None when it has none.
        expires: The first day on which it is no longer accepted.
    """

    code: Code
    path: ObjectPath
    reason: str
    expected: str | None = None
    actual: str | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """The extent of a check; entries about anything else are not reported as unused.

    Attributes:
        live: Whether the live database was compared, not only the models and the history.
        schemas: The schemas that were compared; all of them when empty.
        data: Whether rows were read.
        roles: Whether roles were compared.
    """

    live: bool = True
    schemas: tuple[str, ...] = ()
    data: bool = True
    roles: bool = True

    def left_out(self, report: Report, entries: Iterable[Entry]) -> frozenset[Entry]:
        """Return the entries about differences that the check could not have found."""
        unread = [one for one in report.findings if one.kind is Kind.UNVERIFIED]
        if not self.live or not report.objects or any(one.code in _INCOMPLETE for one in unread):
            return frozenset(entries)
        paths, schemas = {one.path for one in unread}, {path(name) for name in self.schemas}
        asked = {
            CONSTRAINTS["foreign-key"].code("violated"): self.data,
            Code("partition", "violated"): self.data,
            Code("role", "deviation"): self.roles,
        }
        unasked = {code for code, is_asked in asked.items() if not is_asked}
        return frozenset(
            entry
            for entry in entries
            if entry.code in unasked
            or not paths.isdisjoint(entry.path.enclosing())
            or (schemas and schemas.isdisjoint(entry.path.enclosing()))
        )


EVERYTHING: Final = Extent()


def today() -> date:
    """Return today's date, which decides whether entries have expired."""
    return datetime.now(UTC).date()


def accept(
    report: Report, entries: Sequence[Entry], *, today: date, extent: Extent = EVERYTHING
) -> Report:
    """Mark the findings that a baseline accepts, and report its unused entries.

    Args:
        report: The report of a check.
        entries: The baseline.
        today: The day on which entries are judged to be expired.
        extent: The parts that the check looked at.
    """
    findings = marked(report.findings, entries, today=today)
    found = {identity(finding) for finding in report.findings}
    former = {place for finding in report.findings for place in _former_places(finding)}
    left_out = extent.left_out(report, entries)
    told = []
    for entry in entries:
        valid = _is_valid(entry, today)
        found_again = identity(entry) in found or (entry.code, entry.path) in former
        if not valid or not (found_again or entry in left_out):
            about = Code("baseline-entry", "unused" if valid else "expired")
            told.append(Finding(about, Kind.UNVERIFIED, entry.path, entry.code, None))
    return replace(report, findings=(*findings, *told))


def marked(
    findings: Iterable[Finding], entries: Sequence[Entry], *, today: date
) -> tuple[Finding, ...]:
    """Mark the findings that a baseline accepts, without reporting unused entries."""
    valid = _valid(entries, today)
    places = {(one.code, one.path): one for one in valid.values()}

    def entry(finding: Finding) -> Entry | None:
        former = (places.get(place) for place in _former_places(finding))
        return valid.get(identity(finding)) or next(former, None)

    return tuple(_accepted(finding, entry(finding)) for finding in findings)


def updated(
    report: Report,
    entries: Sequence[Entry],
    *,
    reason: str,
    today: date,
    extent: Extent = EVERYTHING,
) -> tuple[Entry, ...]:
    """Return the baseline that accepts everything that a check found.

    Entries that still hold, or that the check did not look at, are kept with their reasons; new
    entries get ``reason``.
    """
    valid = _valid(entries, today)
    accepted = tuple(
        valid.get(identity(finding))
        or Entry(finding.code, finding.path, reason, finding.expected, finding.actual)
        for finding in report.findings
        if finding.kind in _ACCEPTABLE
    )
    kept = extent.left_out(report, entries).difference(accepted)
    return accepted + tuple(entry for entry in entries if entry in kept)


def identity(one: Entry | Finding) -> Identity:
    """Return the values by which an entry and a finding are compared."""
    expected, actual = (_type_as_before(one.code, text) for text in (one.expected, one.actual))
    return one.code, one.path, expected, actual


def _type_as_before(code: Code, text: str | None) -> str | None:
    """Return a text as earlier versions wrote it: the modifier elsewhere, and no default."""
    if text is None or code.kind != "column":
        return text and text.replace(" of 1 columns", " of 1 column")
    if code.aspect in {MISSING, UNEXPECTED}:
        text = _BEHIND_NULLABILITY.sub("", text)
    base, modifiers = _MODIFIER.sub("", text), "".join(_MODIFIER.findall(text))
    shown = {
        "type": base,
        "type-modifier": modifiers or None,
        MISSING: base + modifiers,
        UNEXPECTED: base + modifiers,
    }
    return shown.get(code.aspect, text)


def _former_places(finding: Finding) -> tuple[tuple[Code, ObjectPath], ...]:
    """Return code and path of the two findings that earlier versions reported for a rename."""
    if finding.code.aspect != RENAMED:
        return ()
    before, now = finding.places
    return (Code(finding.code.kind, MISSING), before), (Code(finding.code.kind, UNEXPECTED), now)


def _valid(entries: Iterable[Entry], today: date) -> dict[Identity, Entry]:
    """Return the entries that are valid today, by the finding that they accept."""
    valid = [entry for entry in entries if _is_valid(entry, today)]
    return {identity(entry): entry for entry in reversed(valid)}


def _is_valid(entry: Entry, today: date) -> bool:
    return entry.expires is None or entry.expires > today


def _accepted(finding: Finding, entry: Entry | None) -> Finding:
    if entry is None or finding.kind not in _ACCEPTABLE:
        return finding
    return replace(finding, kind=Kind.ACCEPTED, reason=entry.reason)
