"""The command ``audit revision``."""

from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, output, progress
from schemaproof.program import command_line

if TYPE_CHECKING:
    from schemaproof.adopt.recorded_change import AdoptedChange


@click.command("revision", epilog=exit_codes.TABLE)
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True, type=click.IntRange(min=1))
@click.option("-m", "--message", required=True, metavar="TEXT", help="Message of the revision.")
@click.option("--rev-id", metavar="ID", help="Id of the revision, in place of a random one.")
@click.option("--no-stamp", is_flag=True, help="Write the files only; stamp the database later.")
def command(*, numbers: tuple[int, ...], message: str, rev_id: str | None, no_stamp: bool) -> int:
    """Write a revision for a change that was made by hand.

    NUMBER is the number of a recorded command, which `audit show` and `check` show. The database
    has to be at head. The statements run in a scratch database, and their result has to equal the
    database. The downgrade is generated where it is known; otherwise it raises an error. The
    database is then stamped, so that the revision does not run there again. Exit code 1 when the
    models do not declare the change yet: the command shows what to add.
    """
    from schemaproof.adopt import recorded_change
    from schemaproof.audit.commands import Chosen
    from schemaproof.cli import migrating
    from schemaproof.cli.audit_record import recorded_commands, require_head
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.cli.connection import project as find_project
    from schemaproof.errors import HistoryError
    from schemaproof.history.revision_request import RevisionOptions

    project = find_project()
    found = recorded_commands(Chosen(ids=numbers))
    if unknown := {*numbers} - {one.id for one in found}:
        raise HistoryError(
            f"no command {', '.join(map(str, sorted(unknown)))} is recorded",
            remedy=f"see the recorded commands: {command_line('audit show')}",
        )
    statements = recorded_change.distinct_statements(found)
    options = RevisionOptions(message=message, rev_id=rev_id)
    with progress.shown("writing and trying the revision"), connected_to_read() as connection:
        require_head(connection, project)
        written = recorded_change.write(project, options, statements, connection)
    _show(written)
    if no_stamp:
        output.say(f"when it is reviewed: alembic stamp {written.revision}")
    else:
        migrating.run("stamp", written.revision, sql=False, tag=None, allowed=(), reason=None)
    return _models(written)


def _show(written: "AdoptedChange") -> None:
    from schemaproof.history import changes

    output.say(f"wrote {written.file}", f"recorded {written.snapshot}")
    for line in changes.in_lines(written.changes):
        output.say(f"  {line}")
    if not written.knows_way_back:
        output.say("the downgrade could not be generated: write it by hand")


def _models(written: "AdoptedChange") -> int:
    from schemaproof.history import changes

    if not written.not_in_models:
        return exit_codes.OK
    output.say("the models do not declare this yet; change them:")
    for line in changes.in_lines(written.not_in_models):
        output.say(f"  {line}")
    return exit_codes.FINDINGS
