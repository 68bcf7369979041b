"""The command ``revision``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from schemaproof.cli import exit_codes, output, progress
from schemaproof.program import command_line

if TYPE_CHECKING:
    from schemaproof.compare import Difference
    from schemaproof.history.renames import Rename
    from schemaproof.history.revision_request import Answers, Written


@click.command("revision", epilog=exit_codes.TABLE)
@click.option("-m", "--message", required=True, metavar="TEXT", help="Message of the revision.")
@click.option(
    "--empty", is_flag=True, help="Write an empty revision to fill in by hand; record nothing yet."
)
@click.option("--rev-id", metavar="ID", help="Id of the revision, in place of a random one.")
@click.option(
    "--head",
    default="head",
    show_default=True,
    metavar="REVISION",
    help="Revision, or branch (LABEL@head), to follow.",
)
@click.option("--splice", is_flag=True, help="Allow it to follow a revision that is not a head.")
@click.option("--branch-label", metavar="LABEL", help="Start a branch with this label.")
@click.option(
    "--version-path",
    metavar="FOLDER",
    help="Folder of the revision, where the project has several.",
)
@click.option(
    "--depends-on",
    multiple=True,
    metavar="REVISION",
    help="Revision that it depends on. Repeatable.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="OBJECT",
    help="Change only this object and what it contains; * and ? are wildcards. Repeatable.",
)
@click.option(
    "--rename",
    multiple=True,
    metavar="OLD=NEW",
    help="Rename a column, table or label of an enum: shop.customer.tier=level. Repeatable.",
)
@click.option(
    "--online",
    is_flag=True,
    help="Keep the old names of renamed columns and tables working until the contract phase.",
)
@click.option(
    "--application",
    metavar="NAME/VERSION",
    help="Oldest version of the application that may be connected when a contract revision runs.",
)
@click.option(
    "--plain", is_flag=True, help="Write one revision as Alembic does, regardless of its locks."
)
def command(
    *,
    empty: bool,
    depends_on: tuple[str, ...],
    only: tuple[str, ...],
    rename: tuple[str, ...],
    **asked: Any,
) -> int:
    """Write the revisions that the models need.

    Compares the models with the schema at head in a scratch database, writes the difference, tries
    it there (up, down, up), records the snapshots and shows what changes. A change that would lock
    a table for long is split into a chain of revisions that do not: (1/3), (2/3). Exit code 1 when
    the models ask for something that was not written; the command lists it.

    A dropped column (or table) and a new one may be the same under another name. On a terminal, the
    command asks. Elsewhere name it with --rename, or the command warns and drops the old one.

    Where models and history differed before, the command asks on a terminal what to write.
    Elsewhere it writes only what --only names. When the revision fails in the scratch database, its
    file is kept so that you can correct it. After any other failure no file is left behind.
    """
    from schemaproof.cli.connection import project as find_project
    from schemaproof.connection.interrupt import interruptible
    from schemaproof.history.revision_request import RevisionOptions
    from schemaproof.history.write_revision import write_empty, write_revision

    project = find_project()
    options = RevisionOptions(depends_on=depends_on, only=only, rename=rename, **asked)
    with interruptible():
        if empty:
            output.say(f"wrote {write_empty(project, options)}")
            output.say(f"after you have filled it in: {command_line('snapshot')}")
            return exit_codes.OK
        with progress.shown("comparing, writing and trying the revision") as shown:
            written = write_revision(project, options, _answers(shown))
    _show(written)
    # If the user left out some changes on purpose, the command succeeds.
    nothing_asked = written.left and not written.files and not only
    return exit_codes.FINDINGS if written.unwritten or nothing_asked else exit_codes.OK


def _answers(shown: progress.Progress) -> Answers:
    """Return functions that ask questions on a terminal; elsewhere they ask nothing."""
    from schemaproof.history.revision_request import NOBODY, Answers

    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    paused = shown.paused()
    return Answers(paused(_chosen), paused(_is_rename)) if is_terminal else NOBODY


def _is_rename(one: Rename) -> bool:
    return click.confirm(
        f"{one.new} is new and {one.old} is dropped: was it renamed from `{one.old.names[-1]}`?"
    )


def _chosen(found: Sequence[Difference]) -> list[Difference]:
    """Ask for each differing object whether the revision should change it."""
    from schemaproof.history import changes

    objects: dict[str, list[Difference]] = {}
    for one in found:
        objects.setdefault(".".join(one.path.object), []).append(one)
    output.say("the models differed from the history when its head was recorded:")
    chosen = []
    for differences in objects.values():
        for line in changes.in_lines(differences):
            output.say(f"  {line}")
        if click.confirm("write this?"):
            chosen += differences
    return chosen


def _show(written: Written) -> None:
    from schemaproof.history import changes

    if not written.files and not written.left:
        output.say("nothing was written: " + _why_nothing(written))
    elif not written.files:
        output.say("nothing was written: choose what to write")
    for file, snapshot in zip(written.files, written.snapshots, strict=True):
        output.say(f"wrote {file}")
        output.say(f"recorded {snapshot}")
    for line in changes.in_lines(written.changes):
        output.say(f"  {line}")
    for note in written.notes:
        output.say(f"look at {note}")
    if written.unwritten:
        output.say("not written, although the models ask for it:")
        for line in changes.in_lines(written.unwritten):
            output.say(f"  {line}")
        empty = "" if written.files else f": {command_line('revision --empty')}"
        output.say(f"write it by hand{empty}")
    if written.left:
        output.say("not changed, although the models ask for it:")
        for line in changes.in_lines(written.left):
            output.say(f"  {line}")
        output.say(f"to write it: {command_line('revision --only OBJECT')}")


def _why_nothing(written: Written) -> str:
    if written.unwritten:
        return "autogenerate cannot write this kind of change"
    return "there is no difference between models and head"
