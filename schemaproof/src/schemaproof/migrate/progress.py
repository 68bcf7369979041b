"""The progress of a migration."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from schemaproof.findings.findings import Kind, Report
from schemaproof.migrate.gate import FINDINGS_SHOWN
from schemaproof.program import command_line

ATTRIBUTE: Final = "schemaproof.progress"
"""The key in ``Config.attributes`` under which callers of Alembic's Python API put a
:class:`Progress`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A revision that is being applied or undone.

    Attributes:
        revision: The id of the revision.
        direction: ``upgrade``, ``downgrade`` or ``stamp``.
        title: The first line of its message.
    """

    revision: str
    direction: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The progress of a backfill.

    Attributes:
        table: The table, as SQL writes it.
        passed: The number of its rows that were looked at.
        now: The number of rows that this run has looked at; an earlier run may have looked at the
            others.
        rows: The estimated number of rows of the table; None when there is no estimate.
        changed: The number of rows that were changed.
        seconds: The duration of this run so far.
        is_done: Whether the backfill is done.
        is_line: Whether to report the progress now where each report takes a line.
    """

    table: str
    passed: int
    now: int
    rows: int | None
    changed: int
    seconds: float
    is_done: bool
    is_line: bool

    @property
    def rate(self) -> float:
        """The number of rows per second."""
        return self.now / self.seconds if self.seconds else 0.0

    @property
    def rest(self) -> timedelta | None:
        """The estimated remaining time; None when unknown."""
        if self.rows is None or not self.rate:
            return None
        return timedelta(seconds=round(max(self.rows - self.passed, 0) / self.rate))

    def __str__(self) -> str:
        done = f"rows: {self.passed:,}" if self.is_done or not self.rows else self._share(self.rows)
        text = f"{self.table}: {done}, {self.changed:,} changed, {self.rate:,.0f} rows/s"
        if self.is_done:
            return f"{text}, {timedelta(seconds=round(self.seconds))}"
        return text if self.rest is None else f"{text}, about {self.rest} left"

    def _share(self, rows: int) -> str:
        return f"{self.passed:,} of about {rows:,} rows ({min(self.passed / rows, 1):.0%})"


class Progress(Protocol):
    """The interface that receives the progress of a migration, in order."""

    def say(self, line: str) -> None:
        """Report a fact: a session that is waited for, a warning of a revision."""

    def planned(self, steps: Sequence[Step]) -> None:
        """Report the steps that will be run; called again when fewer remain."""

    def started(self, step: Step) -> None:
        """Report that a step begins, or begins again."""

    def filled(self, filled: Filled) -> None:
        """Report the progress of the backfill of a step."""

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:
        """Report that a step is committed, with lines about its result."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Output within plain Alembic: only messages, and the result of each step."""

    say: Callable[[str], None]

    def planned(self, steps: Sequence[Step]) -> None:
        """Print nothing: Alembic's log shows the steps."""

    def started(self, step: Step) -> None:
        """Print nothing: Alembic's log shows it."""

    def filled(self, filled: Filled) -> None:
        """Report the progress of a backfill."""
        if filled.is_line:
            self.say(str(filled))

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:  # noqa: ARG002
        """Report the result of a step."""
        for line in lines:
            self.say(line)


def report_lines(report: Report | None, heads: Iterable[str]) -> Iterator[str]:
    """Describe the result of a step.

    Args:
        report: The differences of the database after the step; None when it was not compared.
        heads: The revisions that the database is at.
    """
    if report is None:
        yield f"not compared: no snapshot of {' and '.join(heads)} ({command_line('snapshot')})"
        return
    if not report.objects and not report.findings:
        yield "at base: no object of the project is left to compare"
        return
    yield report.headline()
    found = [finding for finding in report.findings if finding.kind is not Kind.ACCEPTED]
    for finding in found[:FINDINGS_SHOWN]:
        yield f"  {finding.code} {finding.path}"
    if (more := len(found) - FINDINGS_SHOWN) > 0:
        yield f"  and {more} more: {command_line('check')}"
