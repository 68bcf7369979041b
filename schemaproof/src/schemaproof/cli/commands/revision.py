"""The command ``revision``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from schemaproof.cli import exit_codes, output
from schemaproof.program import command_line

if TYPE_CHECKING:
    from schemaproof.compare import Difference
    from schemaproof.history.renames import Rename
    from schemaproof.history.revision_request import Answers, Written


@click.command("revision", epilog=exit_codes.TABLE)
@click.option("-m", "--message", required=True, metavar="TEXT", help="What it changes.")
@click.option(
    "--empty", is_flag=True, help="Write one to be filled in by hand; nothing is recorded yet."
)
@click.option("--rev-id", metavar="ID", help="Its id, instead of one that is made up.")
@click.option(
    "--head",
    default="head",
    show_default=True,
    metavar="REVISION",
    help="The revision or the branch (LABEL@head) that it follows.",
)
@click.option("--splice", is_flag=True, help="Let it follow a revision that is no head.")
@click.option("--branch-label", metavar="LABEL", help="Label the branch that begins with it.")
@click.option("--version-path", metavar="FOLDER", help="Where to write it, if there are several.")
@click.option(
    "--depends-on", multiple=True, metavar="REVISION", help="Another revision that it needs."
)
@click.option(
    "--only",
    multiple=True,
    metavar="OBJECT",
    help="Change this object and what is in it, and nothing else; * and ? are wildcards.",
)
@click.option(
    "--rename",
    multiple=True,
    metavar="OLD=NEW",
    help="A column or table that gets another name, such as shop.customer.tier=level.",
)
@click.option(
    "--plain", is_flag=True, help="Write it in one revision as Alembic does, whatever it locks."
)
def command(
    *,
    empty: bool,
    depends_on: tuple[str, ...],
    only: tuple[str, ...],
    rename: tuple[str, ...],
    **asked: Any,
) -> int:
    """Write the revisions that the models ask for, and record what they produce.

    Compares what PostgreSQL makes of the models with a scratch database at head, writes what
    differs, tries it there (up, down, up), records the snapshots and shows what changes. What
    would lock a table for long is split into a chain of revisions that does not: (1/3), (2/3).
    What they do not do although they should is listed, with exit code 1.

    What is dropped and made may be the same under another name: --rename says so, a terminal
    asks, and elsewhere it is dropped and made, with a warning.

    Where models and history had differed before, only what --only names is written; a terminal
    asks. A revision that does not work in the scratch database keeps its file, to be corrected.
    When anything else fails, no file is left behind.
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
            output.say(f"when it is filled in: {command_line('snapshot')}")
            return exit_codes.OK
        written = write_revision(project, options, _answers())
    _show(written)
    # What was left is nothing to fail for where somebody has said what to do.
    nothing_asked = written.left and not written.files and not only
    return exit_codes.FINDINGS if written.unwritten or nothing_asked else exit_codes.OK


def _answers() -> Answers:
    """Return whom to ask: whoever sits at the terminal, or nobody."""
    from schemaproof.history.revision_request import NOBODY, Answers

    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return Answers(_chosen, _is_rename) if is_terminal else NOBODY


def _is_rename(one: Rename) -> bool:
    return click.confirm(
        f"{one.new} is new and {one.old} goes: renamed from `{one.old.names[-1]}`?"
    )


def _chosen(found: Sequence[Difference]) -> list[Difference]:
    """Ask for each object that differs whether the revision shall change it."""
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
        output.say("nothing was written: nobody has said what of it is to be")
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
        output.say("left as it was, although the models ask for it:")
        for line in changes.in_lines(written.left):
            output.say(f"  {line}")
        output.say(f"have it written: {command_line('revision --only OBJECT')}")


def _why_nothing(written: Written) -> str:
    if written.unwritten:
        return "autogenerate does not know how to write it"
    return "there is no difference between models and head"
