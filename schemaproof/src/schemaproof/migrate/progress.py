"""What a migration tells whoever started it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from schemaproof.findings.findings import Kind, Report
from schemaproof.migrate.gate import FINDINGS_SHOWN
from schemaproof.program import command_line

ATTRIBUTE: Final = "schemaproof.progress"
"""Where the caller of Alembic's Python API puts a :class:`Progress` (``Config.attributes``)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One revision on its way.

    Attributes:
        revision: Its id.
        direction: ``upgrade``, ``downgrade`` or ``stamp``.
        title: The first line of its message.
    """

    revision: str
    direction: str
    title: str


class Progress(Protocol):
    """Told what happens, in order."""

    def say(self, line: str) -> None:
        """Something to know: who is waited for, what a revision warns of."""

    def planned(self, steps: Sequence[Step]) -> None:
        """The steps that will be taken; again when fewer remain than was thought."""

    def started(self, step: Step) -> None:
        """A step begins, or begins again."""

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:
        """A step is committed; the lines say what it led to."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Plain Alembic: only messages, and what each step led to."""

    say: Callable[[str], None]

    def planned(self, steps: Sequence[Step]) -> None:
        """Alembic's log shows them."""

    def started(self, step: Step) -> None:
        """Alembic's log says so."""

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:  # noqa: ARG002
        """Say what it led to."""
        for line in lines:
            self.say(line)


def report_lines(report: Report | None, heads: Iterable[str]) -> Iterator[str]:
    """Say what a step led to.

    Args:
        report: How the database differs after it; None when it was not compared.
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
