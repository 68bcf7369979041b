"""A progress bar for work that takes more than a second."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING, Final

from schemaproof.output.documents import visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_SECONDS: Final = 1.0
"""The time in seconds after which work shows its progress."""


class Progress:
    """The progress of some work, shown only when stderr is a terminal.

    Args:
        doing: The current activity, such as "comparing".
        total: The number of steps; None when unknown.
    """

    def __init__(self, doing: str, total: int | None) -> None:
        self._doing = doing
        self._total = total
        self._done = 0
        self._bar: Bar | None = None
        self._lock = Lock()
        self._timer: Timer | None = None

    def step(self, doing: str) -> None:
        """Count a step as done, and show the next activity."""
        with self._lock:
            self._done, self._doing = self._done + 1, doing
            self._update()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Remove the bar while a question is asked."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def start(self) -> None:
        """Show the bar after a second."""
        if sys.stderr.isatty():
            self._timer = Timer(_SECONDS, self._show)
            self._timer.daemon = True
            self._timer.start()

    def stop(self) -> None:
        """Remove the progress bar."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._bar is not None:
                self._bar.stop()
                self._bar = None

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        with self._lock:
            if self._timer is None:
                # The command may have ended while the timer fired.
                return
            columns = [SpinnerColumn(), TextColumn("{task.description}", markup=False)]
            if self._total is not None:
                columns += [BarColumn(), TextColumn("{task.completed}/{task.total}")]
            console = Console(stderr=True)
            self._bar = Bar(*columns, TimeElapsedColumn(), console=console, transient=True)
            self._bar.add_task(visible(self._doing), total=self._total)
            self._update()
            self._bar.start()

    def _update(self) -> None:
        if self._bar is not None:
            task = self._bar.task_ids[0]
            self._bar.update(task, description=visible(self._doing), completed=self._done)


@contextmanager
def shown(doing: str, total: int | None = None) -> Iterator[Progress]:
    """Show a progress bar on a terminal until the block ends."""
    progress = Progress(doing, total)
    progress.start()
    try:
        yield progress
    finally:
        progress.stop()
