"""What a check has to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from introspection.codes import CODES, Severity
from introspection.compare import Difference
from introspection.paths import path
from introspection.repair.steps import Step


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
_WRITE_IT_BY_HAND: Final = "Write a revision that drops it, by hand: alembic revision -m '...'"
_WRITE_A_REVISION: Final = "Write a revision for it: alembic revision --autogenerate -m '...'"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; see ``introspection.codes`` for its meaning."""

    code: str
    kind: Kind
    path: str
    expected: str | None = None
    actual: str | None = None
    reason: str | None = None
    """Why it is accepted."""

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return CODES[self.code].severity

    @property
    def recommendation(self) -> str:
        """What to do about it, in one sentence."""
        if self.reason is not None:
            return f"Accepted: {self.reason}"
        if self.kind is not Kind.MISSING_REVISION or self.code == "snapshot-missing":
            return CODES[self.code].recommendation
        by_hand = self.code in {"table-unexpected", "sequence-unexpected"}
        return _WRITE_IT_BY_HAND if by_hand else _WRITE_A_REVISION


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, and how much was compared to get them.

    Attributes:
        findings: The findings.
        objects: How many objects of the database were compared.
        attributes: How many attributes of theirs.
        repairs: The statements that take the drift back, in an order in which they run.
    """

    findings: tuple[Finding, ...]
    objects: int
    attributes: int
    repairs: tuple[Step, ...] = ()

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
        return f"{in_sync}, {counts}" if counts else in_sync


def drift(differences: Iterable[Difference], *, managed: Iterable[str]) -> Iterator[Finding]:
    """Turn differences between the database and its revision's snapshot into findings.

    A table or sequence that nobody expects in a managed schema is unmodelled rather than drifted.
    """
    prefixes = tuple(f"{path(schema)}." for schema in managed)
    for difference in differences:
        whole_object = difference.code in {"table-unexpected", "sequence-unexpected"}
        unmodelled = whole_object and difference.path.startswith(prefixes)
        yield _finding(difference, Kind.UNMODELLED if unmodelled else Kind.DRIFT)


def missing_revision(differences: Iterable[Difference]) -> Iterator[Finding]:
    """Turn differences between the models and the head's snapshot into findings."""
    return (_finding(difference, Kind.MISSING_REVISION) for difference in differences)


def _finding(difference: Difference, kind: Kind) -> Finding:
    return Finding(difference.code, kind, difference.path, difference.expected, difference.actual)
