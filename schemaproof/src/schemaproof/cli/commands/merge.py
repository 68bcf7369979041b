"""The command ``merge``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, output, progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemaproof.history.revision_files import RevisionFile
    from schemaproof.project import Project
    from schemaproof.rewriting.linear import Branch
    from schemaproof.rewriting.merge import Orders


@click.command("merge", epilog=exit_codes.TABLE)
@click.argument("heads", nargs=-1, metavar="[HEAD HEAD]")
@click.option("-m", "--message", metavar="TEXT", help="Message of the revision.")
@click.option(
    "--linear",
    is_flag=True,
    help="Write no revision; append the branch that is not applied yet to the other.",
)
def command(*, heads: tuple[str, ...], message: str | None, linear: bool) -> int:
    """Merge two heads into one.

    A merge in version control can leave two heads. Both branches are applied in both orders, in
    scratch databases. Where the results are equal, a revision that follows both is written and
    recorded. Otherwise the command shows the conflict, with exit code 1.

    With --linear only one order has to work. The branch that moves must not be applied to the
    database or contained in a tag of git. Its snapshots are recorded again.
    """
    from schemaproof.cli.connection import project as find_project
    from schemaproof.connection.interrupt import interruptible
    from schemaproof.history.history import read_revisions
    from schemaproof.history.project_probe import ProjectProbe
    from schemaproof.rewriting import merge

    project = find_project()
    with interruptible():
        with (
            progress.shown("applying both branches in both orders"),
            ProjectProbe(project) as probe,
        ):
            files = read_revisions(project, probe)
            meant = merge.heads_to_merge(files, heads)
            moving = _moving(project, files, meant) if linear else None
            found = merge.orders(probe, meant)
        _show(found)
        if moving is not None:
            return _move(project, moving)
        if found.collide:
            return exit_codes.FINDINGS
        with progress.shown("recording the revision"):
            file = merge.write(project, meant, message or f"Merge {' and '.join(meant)}")
    output.say(f"wrote {file}")
    return exit_codes.OK


def _show(found: Orders) -> None:
    from schemaproof.history import changes

    first, second = found.heads
    for failure in found.failures:
        output.say(f"fails: {failure}")
    if found.differences:
        output.say(f"{second} before {first} produces another schema than {first} before {second}:")
        for line in changes.in_lines(found.differences):
            output.say(f"  {line}")
    if not found.collide:
        output.say(f"{first} and {second} produce the same schema in both orders")


def _moving(project: Project, files: Sequence[RevisionFile], heads: tuple[str, str]) -> Branch:
    """Return the branch that may follow the other.

    Raises:
        HistoryError: Neither branch may follow the other.
    """
    from schemaproof.errors import HistoryError
    from schemaproof.rewriting import linear

    first, second = heads
    applied = _applied(project, files)
    found = [
        linear.branch(files, head, onto, applied, project.root)
        for head, onto in ((second, first), (first, second))
    ]
    for one in found:
        if one.hindrance is None:
            return one
    raise HistoryError(
        f"neither branch can follow the other: {'; '.join(str(one.hindrance) for one in found)}",
        remedy="merge them without --linear",
    )


def _applied(project: Project, files: Sequence[RevisionFile]) -> frozenset[str]:
    """Return the revisions that were ever applied to the database; none without a database."""
    from schemaproof.catalog.catalog import reading
    from schemaproof.cli.connection import connected_to_read, target
    from schemaproof.errors import ConfigurationError
    from schemaproof.history import ledger, replay_plan, version_table

    try:
        target().settings()
    except ConfigurationError:
        output.say("no database is named, so it is not known which revisions are applied")
        return frozenset()
    needs = replay_plan.needed_revisions(files)
    with connected_to_read() as connection, reading(connection):
        rows = version_table.read_history(connection, project.scope).rows or ()
        recorded = {row["revision"] for row in ledger.ledger_rows(connection, project.scope)}
    return frozenset(recorded).union(*(needs.get(row, ()) for row in rows))


def _move(project: Project, moving: Branch) -> int:
    from schemaproof.rewriting import linear

    with progress.shown("recording the branch that moved"):
        snapshots = linear.move(project, moving)
    first = moving.files[0]
    output.say(f"{first.id} follows {moving.onto} now: {first.path}")
    for snapshot in snapshots:
        output.say(f"recorded {snapshot}")
    return exit_codes.OK
