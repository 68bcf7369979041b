"""What a check has to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schemaproof.compare import Difference
from schemaproof.findings.codes import CODES, Severity
from schemaproof.findings.object_codes import OBJECT_KINDS
from schemaproof.findings.steps import Step
from schemaproof.schema.paths import path


class Kind(StrEnum):
    """What went out of step with what."""

    DRIFT = "drift"
    PENDING = "pending"
    MISSING_REVISION = "missing revision"
    TAMPERED = "tampered"
    UNMODELLED = "unmodelled"
    UNVERIFIED = "unverified"
    ACCEPTED = "accepted"


# Autogenerate looks only at what a model declares: see docs/migrating.md.
_DROP_IT_BY_HAND: Final = (
    "Write a revision that drops it, by hand: monps-db revision --empty -m '...'"
)
_WRITE_IT_BY_HAND: Final = "Write a revision for it, by hand: monps-db revision --empty -m '...'"
_WRITE_A_REVISION: Final = "Write a revision for it: monps-db revision -m '...'"

_PARTS: Final = frozenset(
    {
        *("column", "primary-key", "unique", "foreign-key", "check", "exclusion"),
        *("index", "unique-index", "trigger", "policy", "rule", "statistics", "default-privileges"),
    }
)
# What is written as one statement, and what nobody declares, is not seen by autogenerate.
_UNSEEN: Final = tuple(f"{kind}-" for kind in OBJECT_KINDS)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; see ``schemaproof.findings.codes`` for its meaning."""

    code: str
    kind: Kind
    path: str
    expected: str | None = None
    actual: str | None = None
    reason: str | None = None
    """Why it is accepted."""
    hint: str | None = None
    """What probably happened, or what is not certain about it."""

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return CODES[self.code].severity

    @property
    def recommendation(self) -> str:
        """What to do about it, in one sentence."""
        if self.reason is not None:
            return f"Accepted: {self.reason}"
        advice = self._advice()
        return f"{advice} ({self.hint})" if self.hint else advice

    def _advice(self) -> str:
        if self.kind is not Kind.MISSING_REVISION or self.code == "snapshot-missing":
            return CODES[self.code].recommendation
        if _is_whole_object(self.code):
            return _DROP_IT_BY_HAND
        return _WRITE_IT_BY_HAND if self.code.startswith(_UNSEEN) else _WRITE_A_REVISION


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, and how much was compared to get them.

    Attributes:
        findings: The findings.
        objects: How many objects of the database were compared.
        attributes: How many attributes of theirs.
        repairs: The statements that take the drift back, in an order in which they run.
        rows_read: Whether rows were looked at, too; None where that is no question.
    """

    findings: tuple[Finding, ...]
    objects: int
    attributes: int
    repairs: tuple[Step, ...] = ()
    rows_read: bool | None = None

    @property
    def in_sync(self) -> bool:
        """Whether there is nothing to report but what is accepted."""
        return all(finding.kind is Kind.ACCEPTED for finding in self.findings)

    def kinds(self) -> Counter[str]:
        """Count the findings by kind."""
        return Counter(finding.kind.value for finding in self.findings)

    def codes(self) -> Counter[str]:
        """Count the findings by code."""
        return Counter(finding.code for finding in self.findings)

    def headline(self) -> str:
        """Return the whole report in one line."""
        kinds = self.kinds()
        counts = ", ".join(f"{kind}: {kinds[kind]}" for kind in Kind if kinds[kind])
        if not self.in_sync:
            return counts
        in_sync = f"in sync: {self.objects} objects, {self.attributes} attributes"
        unread = "rows were not read" if self.rows_read is False else ""
        return ", ".join(part for part in (in_sync, counts, unread) if part)


def drift(differences: Iterable[Difference], *, managed: Iterable[str]) -> Iterator[Finding]:
    """Turn differences between the database and its revision's snapshot into findings.

    A table or sequence that nobody expects in a managed schema is unmodelled rather than drifted.
    """
    prefixes = tuple(f"{path(schema)}." for schema in managed)
    for difference in differences:
        unmodelled = _is_whole_object(difference.code) and difference.path.startswith(prefixes)
        yield _finding(difference, Kind.UNMODELLED if unmodelled else Kind.DRIFT)


def _is_whole_object(code: str) -> bool:
    """Whether something is there that nobody expects, and that is no part of a table."""
    kind, _, what = code.rpartition("-")
    return what == "unexpected" and kind not in _PARTS


def missing_revision(differences: Iterable[Difference]) -> Iterator[Finding]:
    """Turn differences between the models and the head's snapshot into findings."""
    return (_finding(difference, Kind.MISSING_REVISION) for difference in differences)


def _finding(difference: Difference, kind: Kind) -> Finding:
    return Finding(
        difference.code,
        kind,
        difference.path,
        difference.expected,
        difference.actual,
        hint=difference.hint,
    )
