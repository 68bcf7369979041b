"""The commands ``upgrade`` and ``downgrade``: Alembic's commands, with a line per revision."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from schemaproof.cli import exit_codes, output
from schemaproof.connection.url_settings import UrlSettings
from schemaproof.errors import ConfigurationError
from schemaproof.migrate.progress import Step
from schemaproof.output.documents import Document, visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from schemaproof.connection.target import ConnectionSettings
    from schemaproof.migrate.by_project import Asked, Done
    from schemaproof.project import Project


@dataclass(eq=False)
class Plain:
    """For a pipe: a line when a revision is done."""

    total: int = 0
    finished: int = 0
    steps: int = 0

    def say(self, line: str) -> None:
        """Print it."""
        output.say(line)

    def planned(self, steps: Sequence[Step]) -> None:
        """Count them."""
        self.total, self.finished = len(steps), 0

    def started(self, step: Step) -> None:
        """Say nothing yet."""

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:
        """Print what the revision led to."""
        self.finished += 1
        self.steps += 1
        state, *more = lines or [""]
        count = f"{self.finished}/{self.total} " if self.total else ""
        self.say(f"{count}{step.direction} {step.revision} {step.title} ({seconds:.2f} s): {state}")
        for line in more:
            self.say(line)


@dataclass(eq=False)
class Terminal(Plain):
    """For people: the same lines, and under them how far it is."""

    bar: Bar | None = None
    task: TaskID | None = None

    def say(self, line: str) -> None:
        """Print it above the bar."""
        from schemaproof.report.cells import cell

        if self.bar is not None:
            self.bar.console.print(cell(line), soft_wrap=True)

    def planned(self, steps: Sequence[Step]) -> None:
        """Show the bar."""
        super().planned(steps)
        if self.bar is not None:
            if self.task is not None:
                self.bar.remove_task(self.task)
            self.task = self.bar.add_task("waiting", total=len(steps))

    def started(self, step: Step) -> None:
        """Show which one it is."""
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, description=visible(f"{step.direction} {step.revision}"))

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:
        """Print what the revision led to, and move the bar."""
        super().done(step, lines, seconds)
        if self.bar is not None and self.task is not None:
            self.bar.advance(self.task)


def run(
    command: str,
    revision: str | None,
    *,
    sql: bool,
    tag: str | None,
    allowed: Sequence[str],
    reason: str | None,
    accept_data_loss: bool = False,
) -> int:
    """Run one of Alembic's commands on the project here, and return the exit code.

    Args:
        command: ``upgrade``, ``downgrade`` or ``stamp``.
        revision: As Alembic takes it; what the project should be at when None.
        sql: Print the SQL instead.
        tag: What ``env.py`` reads as tag.
        allowed: What the gate shall let pass.
        reason: Why.
        accept_data_loss: Whether a downgrade may lose data.
    """
    from schemaproof.cli.connection import target
    from schemaproof.history.revision_imports import load_importable
    from schemaproof.migrate import by_project, gate_overrides

    project, settings = target().project(), None
    load_importable(project)
    with suppress(ConfigurationError):  # env.py may know its database alone
        settings = target().settings()
    overrides = gate_overrides.make_overrides(allowed, reason, accepts_data_loss=accept_data_loss)
    debug = click.get_current_context().find_root().params["debug"]
    asked = by_project.Asked(command, "", sql=sql, tag=tag, overrides=overrides, debug=debug)
    if isinstance(settings, UrlSettings):
        asked = replace(asked, url=settings.url, identity=None if sql else _identity())
    revisions = [revision] if revision else project.target or ["head"]
    done = _done(project, [replace(asked, revision=one) for one in revisions], settings)
    if sql:
        output.put(Document("".join(one.sql for one in done).removesuffix("\n")))
    is_compared = sql or all(one.is_guarded for one in done)
    return exit_codes.OK if is_compared else _compared(project, settings)


def _done(
    project: Project, wanted: Sequence[Asked], settings: ConnectionSettings | None
) -> list[Done]:
    """Run one after the other, and say it where there was nothing to do."""
    from schemaproof.migrate import by_project

    with _progress() as progress:
        done = [by_project.run(project, one, progress, settings) for one in wanted]
    if not progress.steps and not any(one.sql for one in wanted):
        output.say("nothing to do")
    return done


def _identity() -> list[str]:
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.migrate.by_project import database_identity

    with connected_to_read() as connection:
        return database_identity(connection)


def _compared(project: Project, settings: ConnectionSettings | None) -> int:
    """Compare, where env.py has Alembic alone run the revisions, and say what it led to."""
    if settings is None:
        output.say("not compared: no database is named (--url, DATABASE_URL)")
        return exit_codes.OK
    from schemaproof.check.check import run_live
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.migrate.progress import report_lines

    with connected_to_read() as connection:
        report, heads = run_live(connection, project)
    for line in report_lines(report, heads):
        output.say(line)
    return exit_codes.for_report(report, strict=False) if report else exit_codes.OK


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that both commands have."""
    for option in (
        click.option("--reason", metavar="TEXT", help="Reason for --allow; the ledger records it."),
        click.option(
            "--allow",
            "allowed",
            multiple=True,
            metavar="GROUND",
            help="Continue despite drift, tampering, heads or lint; needs --reason. Repeatable.",
        ),
        click.option("--tag", metavar="TEXT", help="Tag that env.py reads, as --tag of alembic."),
        click.option("--sql", is_flag=True, help="Print the SQL; run nothing."),
    ):
        command = option(command)
    return command


@contextmanager
def _progress() -> Iterator[Plain]:
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
