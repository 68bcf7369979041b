"""The command ``adopt``."""

from contextlib import nullcontext
from pathlib import Path

import click

from schemaproof.cli import exit_codes


@click.command("adopt", epilog=exit_codes.TABLE)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the accepted differences there, instead of [tool.schemaproof] baseline.",
)
@click.option("--reason", metavar="TEXT", help="Why they are accepted, instead of our own words.")
@click.option("--dry-run", is_flag=True, help="Look, and write nothing.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")
def command(*, baseline: Path | None, reason: str | None, dry_run: bool, format_: str) -> int:
    """Take over an existing database: see what is there, accept what will stay.

    Says what is ours, what is somebody else's and what is in the way of an upgrade, and writes the
    baseline that accepts what an upgrade will leave as it is. Of the database only the ledger is
    written: who adopted it, and what was accepted. Exit code 1 when an upgrade would stop at a
    table that has to be moved first; nothing is written then.
    """
    from schemaproof.adopt.adoption import adopt
    from schemaproof.adopt.recording import migrators_locked_out, recorded
    from schemaproof.cli import adoption_report, baselines
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.cli.connection import project as find_project
    from schemaproof.cli.output import put
    from schemaproof.history.history import load_history

    project = find_project()
    file = baseline or project.baseline_file or project.root / f"{project.prefix}-baseline.toml"
    history = load_history(project)
    with (
        connected_to_read() as connection,
        nullcontext() if dry_run else migrators_locked_out(connection, connected_to_read, project),
    ):
        adoption = adopt(connection, project, history)
        written = not dry_run and not adoption.blocking
        if written:
            with recorded(connection, project, history, adoption, reason):
                baselines.write_accepted(file, adoption.accepted, reason=reason)
    render = adoption_report.as_json if format_ == "json" else adoption_report.as_text
    put(render(adoption, project, file if written else None), None)
    return exit_codes.FINDINGS if adoption.blocking else exit_codes.OK
