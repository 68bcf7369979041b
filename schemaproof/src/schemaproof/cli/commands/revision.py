"""The command ``revision``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from schemaproof.cli import exit_codes, output
from schemaproof.program import command_line

if TYPE_CHECKING:
    from schemaproof.history.write_revision import Written


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
def command(*, empty: bool, depends_on: tuple[str, ...], **asked: Any) -> int:
    """Write the revision that the models ask for, and record what it produces.

    Compares the models with a scratch database at head, writes the file, applies it in a scratch
    database, records the snapshot and shows what changes. What the models ask for and the new
    revision does not do is listed, with exit code 1. When anything fails, no file is left behind.
    """
    from schemaproof.cli.connection import project as find_project
    from schemaproof.connection.interrupt import interruptible
    from schemaproof.history.write_revision import RevisionOptions, write_empty, write_revision

    project = find_project()
    options = RevisionOptions(depends_on=depends_on, **asked)
    with interruptible():
        if empty:
            output.say(f"wrote {write_empty(project, options)}")
            output.say(f"when it is filled in: {command_line('snapshot')}")
            return exit_codes.OK
        written = write_revision(project, options)
    _show(written)
    return exit_codes.FINDINGS if written.unwritten else exit_codes.OK


def _show(written: Written) -> None:
    from schemaproof.history import changes

    if written.file is None:
        output.say("nothing was written: autogenerate finds no difference between models and head")
    else:
        output.say(f"wrote {written.file}")
        output.say(f"recorded {written.snapshot}")
    for line in changes.in_lines(written.changes):
        output.say(f"  {line}")
    if written.unwritten:
        output.say("not written, although the models ask for it:")
        for line in changes.in_lines(written.unwritten):
            output.say(f"  {line}")
        empty = "" if written.file else f": {command_line('revision --empty')}"
        output.say(f"write it by hand{empty}")
