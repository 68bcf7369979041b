"""The command ``squash``."""

import click

from schemaproof.cli import exit_codes, output, progress


@click.command("squash", epilog=exit_codes.TABLE)
@click.argument("revision")
@click.option("-m", "--message", metavar="TEXT", help="Title of the revision.")
def command(revision: str, *, message: str | None) -> int:
    """Combine REVISION and all revisions before it into one.

    REVISION is an id, or the beginning of one. The new revision has this id. In an empty database
    it produces the same schema, which is compared, and the same rows. The replaced revisions move
    into the folder squashed, with their snapshots. A database that is at one of them continues from
    there with the next upgrade.

    Other revisions may depend on the last of them only. When anything fails, no file is changed.
    """
    from schemaproof.cli.connection import project as find_project
    from schemaproof.connection.interrupt import interruptible
    from schemaproof.history.history import read_revisions
    from schemaproof.history.project_probe import ProjectProbe
    from schemaproof.output.counts import counted
    from schemaproof.rewriting import put_away, squash

    project = find_project()
    with interruptible(), progress.shown("making one revision, and comparing what it produces"):
        if put_away.restore(project):
            output.say("restored the files that a killed squash had moved")
        with ProjectProbe(project) as probe:
            own = squash.files_to_squash(project, read_revisions(project, probe), revision)
        first, last = own[0].id, own[-1].id
        title = message or f"All from {first} to {last}"
        made = squash.squash(project, own, title)
    output.say(f"wrote {made.file}: one revision of {made.count}, with the same schema")
    for one in made.carried:
        if one.count:
            output.say(f"it inserts {counted(one.count, 'row')} into {one.name}")
    output.say(f"moved the others to {made.folder}")
    return exit_codes.OK
