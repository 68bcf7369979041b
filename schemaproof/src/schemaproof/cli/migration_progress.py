"""Show the progress of a migration: a line for each revision, and a bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemaproof.cli import output
from schemaproof.migrate.progress import Filled, Step
from schemaproof.output.documents import visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


@dataclass(eq=False)
class Plain:
    """Output for a pipe: a line for each finished revision."""

    total: int = 0
    finished: int = 0
    steps: int = 0

    def say(self, line: str) -> None:
        """Print a line."""
        output.say(line)

    def planned(self, steps: Sequence[Step]) -> None:
        """Set the number of planned steps."""
        self.total, self.finished = len(steps), 0

    def started(self, step: Step) -> None:
        """Print nothing: a pipe gets only finished revisions."""

    def filled(self, filled: Filled) -> None:
        """Print the progress of the backfill from time to time."""
        if filled.is_line:
            self.say(str(filled))

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:
        """Print the result of the revision."""
        self.finished += 1
        self.steps += 1
        state, *more = lines or [""]
        count = f"{self.finished}/{self.total} " if self.total else ""
        self.say(f"{count}{step.direction} {step.revision} {step.title} ({seconds:.2f} s): {state}")
        for line in more:
            self.say(line)


@dataclass(eq=False)
class Terminal(Plain):
    """Output for a terminal: the same lines, and a progress bar below them."""

    bar: Bar | None = None
    task: TaskID | None = None
    filling: TaskID | None = None

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        from schemaproof.report.cells import cell

        if self.bar is not None:
            self.bar.console.print(cell(line), soft_wrap=True)

    def planned(self, steps: Sequence[Step]) -> None:
        """Show the progress bar."""
        super().planned(steps)
        if self.bar is not None:
            if self.task is not None:
                self.bar.remove_task(self.task)
            self.task = self.bar.add_task("waiting", total=len(steps))

    def started(self, step: Step) -> None:
        """Show the revision that is running."""
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, description=visible(f"{step.direction} {step.revision}"))

    def filled(self, filled: Filled) -> None:
        """Show a bar for the backfill while it runs, and a line when it is done."""
        if self.bar is None:
            return
        if self.filling is None:
            self.filling = self.bar.add_task("", total=filled.rows)
        rest = f", about {filled.rest} left" if filled.rest is not None else ""
        shown_text = visible(f"{filled.table} {filled.rate:,.0f} rows/s{rest}")
        self.bar.update(self.filling, completed=filled.passed, description=shown_text)
        if filled.is_done:
            self.bar.remove_task(self.filling)
            self.filling = None
            self.say(str(filled))

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:
        """Print the result of the revision, and advance the bar."""
        super().done(step, lines, seconds)
        if self.bar is not None and self.task is not None:
            self.bar.advance(self.task)


@contextmanager
def shown() -> Iterator[Plain]:
    """Yield the reporter of a migration's progress, for a terminal or a pipe."""
    if not sys.stdout.isatty():
        yield Plain()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Bar(*columns, transient=True) as bar:
        yield Terminal(bar=bar)
