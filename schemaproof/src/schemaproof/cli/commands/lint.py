"""The command ``lint``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, options, progress

if TYPE_CHECKING:
    from schemaproof.history.history import History
    from schemaproof.lint.findings import LintFinding
    from schemaproof.project import Project


@click.command("lint", epilog=exit_codes.TABLE)
@click.argument("revisions", nargs=-1, metavar="[REVISION|FILE]...")
@click.option(
    "--offline", is_flag=True, help="Use no database; rows and table sizes are then unknown."
)
@click.option("--strict", is_flag=True, help="Also fail on warnings.")
@options.tenants("Check pending revisions in this tenant only. Repeatable.")
@options.output_format(
    "Format of the findings.", ["text", "json", "sarif", "github", "gitlab", "markdown"]
)
@options.file("--output", text="Write the findings to a file.")
def command(
    *,
    revisions: tuple[str, ...],
    offline: bool,
    strict: bool,
    tenants: tuple[str, ...],
    format_: str,
    output: Path | None,
) -> int:
    """Report unsafe operations in revisions.

    Looks at all revisions, or at those that are named. squawk reads their SQL, and further rules
    read the files. For pending revisions, the command also looks in the database for rows that make
    them fail, and estimates how long locks are held. A finding about an applied revision is a note.
    Exit code 5 on an error.
    """
    from functools import partial
    from importlib import import_module

    from schemaproof.cli.connection import project as find_project
    from schemaproof.cli.output import put
    from schemaproof.history.broken_history import BrokenHistoryError
    from schemaproof.lint import linting, squawk
    from schemaproof.lint.findings import Level

    squawk.require_program()  # A missing program is reported before any work is done.
    project = find_project().with_tenants(tenants)
    looked_at, broken = 0, False
    with progress.shown("reading revisions"):
        try:
            looked_at, found = _linted(project, revisions, offline=offline)
        except BrokenHistoryError as error:
            found, broken = linting.broken_findings(error.faults), True
    render = import_module("schemaproof.cli.lint_report")
    write = {"text": partial(render.as_text, looked_at=looked_at)}
    put(write.get(format_, getattr(render, f"as_{format_}"))(found, project.root), output)
    levels = {one.level for one in found}
    failing = Level.ERROR in levels or (strict and Level.WARNING in levels)
    return exit_codes.TAMPERED if broken else exit_codes.UNSAFE if failing else exit_codes.OK


def _linted(
    project: Project, revisions: tuple[str, ...], *, offline: bool
) -> tuple[int, list[LintFinding]]:
    """Return the number of revisions that were read, and the findings."""
    from schemaproof.cli.pending import chosen
    from schemaproof.history.history import load_history
    from schemaproof.history.tenants import searched
    from schemaproof.lint import linting
    from schemaproof.lint.revisions import load, project_printer

    history = load_history(project)
    wanted = chosen(history, revisions)
    loaded = [*load(history, wanted, project_printer(project), searched(project))]
    found = linting.lint(loaded, linting.left_out(project.lint_options))
    if not offline:
        found = _with_database(project, history, wanted, found)
    return len(loaded), found


def _with_database(
    project: Project, history: History, wanted: list[str], found: list[LintFinding]
) -> list[LintFinding]:
    """Add findings from the database about pending revisions; all others become notes."""
    from schemaproof.catalog.catalog import reading
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.cli.pending_statements import pending_of_each
    from schemaproof.history.tenants import searched
    from schemaproof.lint import linting

    pending: set[str] = set()
    more: list[LintFinding] = []
    ignored = linting.left_out(project.lint_options)
    with connected_to_read() as connection:
        for waiting in pending_of_each(connection, project, history, only=wanted):
            pending |= {*waiting.ids}
            with reading(connection):
                more += linting.lint_pending(
                    connection,
                    waiting.revisions,
                    waiting.project.scope,
                    ignored,
                    searched(waiting.project),
                )
    return linting.noted(found, except_of=pending) + more
