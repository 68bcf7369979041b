"""The result of the last check, served while the next one runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from schemaproof.findings.findings import Report


@dataclass(frozen=True, slots=True)
class Migrated:
    """The revision and the ledger of a database, or of a tenant's schema in it.

    Attributes:
        tenant: The schema; empty for the whole database.
        revisions: The revisions that it is at; None when this role may not read them.
        ledger: The rows of the ledger, oldest first.
    """

    tenant: str
    revisions: Sequence[str] | None
    ledger: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The result of one check.

    Attributes:
        report: The report.
        ended: The time at which the check ended.
        seconds: The duration of the check, in seconds.
        migrated: The revision and ledger of the database; of each tenant, where there are tenants.
        heads: The heads of the history.
    """

    report: Report
    ended: datetime
    seconds: float
    migrated: Sequence[Migrated]
    heads: Sequence[str]


@dataclass(frozen=True, slots=True)
class Last:
    """The state of the last check.

    Attributes:
        checked: The result of the last check that completed; None as long as none has.
        error: The reason why the last check could not complete; None when it could.
        running_since: The time at which the running check began, by the monotonic clock; None
            when none runs.
    """

    checked: Checked | None = None
    error: str | None = None
    running_since: float | None = None

    @property
    def is_complete(self) -> bool:
        """Whether a check has run, and the last one completed."""
        return self.checked is not None and self.error is None


class State:
    """The last check, written by one thread and read by others.

    Attributes:
        last: The last check. It is replaced as a whole, so that a reader never sees parts of two
            checks.
    """

    def __init__(self) -> None:
        self.last = Last()

    def begin(self, now: float) -> None:
        """Record that a check runs.

        Args:
            now: The time by the monotonic clock, in seconds.
        """
        self.last = replace(self.last, running_since=now)

    def complete(self, checked: Checked) -> None:
        """Store the result of a check."""
        self.last = Last(checked)

    def fail(self, error: str) -> None:
        """Store that a check could not complete; the result before it stays."""
        self.last = Last(self.last.checked, error)
