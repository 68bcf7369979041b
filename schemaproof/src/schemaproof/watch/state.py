"""The result of the last check, served while the next one runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from schemaproof.findings.findings import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The result of one check.

    Attributes:
        report: The report.
        ended: When it had ended.
        seconds: How long it took.
        revisions: Where the database is; None when this role may not read that.
        heads: The heads of the history.
        ledger: Its rows, oldest first.
    """

    report: Report
    ended: datetime
    seconds: float
    revisions: Sequence[str] | None
    heads: Sequence[str]
    ledger: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Last:
    """The last check.

    Attributes:
        checked: What the last one said that could complete; None as long as none could.
        error: Why the last one could not complete; None when it could.
        running_since: When the one began that runs, by the monotonic clock; None between two.
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
        last: Replaced as a whole, so that a reader sees one check and not parts of two.
    """

    def __init__(self) -> None:
        self.last = Last()

    def begin(self, now: float) -> None:
        """Record that a check runs.

        Args:
            now: By the monotonic clock, in seconds.
        """
        self.last = replace(self.last, running_since=now)

    def complete(self, checked: Checked) -> None:
        """Store the result of a check."""
        self.last = Last(checked)

    def fail(self, error: str) -> None:
        """Store that a check could not complete; the result before it stays."""
        self.last = Last(self.last.checked, error)
