"""The command ``adopt``."""

from contextlib import nullcontext
from pathlib import Path

import click

from schemaproof.cli import exit_codes, options, progress


@click.command("adopt", epilog=exit_codes.TABLE)
@options.file(
    "--baseline",
    text="Write the accepted differences to FILE, not to the baseline of [tool.schemaproof].",
)
@click.option(
    "--reason", metavar="TEXT", help="Reason to accept them, in place of the default reasons."
)
@click.option("--dry-run", is_flag=True, help="Report only; write nothing.")
@options.output_format("Format of the report.")
def command(*, baseline: Path | None, reason: str | None, dry_run: bool, format_: str) -> int:
    """Take over a database that existed before the revisions.

    Lists which objects belong to the project, which belong to others and which are in the way of
    an upgrade. Writes a baseline that accepts the differences an upgrade will leave as they are.
    In the database it writes one row into the ledger: who adopted the database, and what was
    accepted. Exit code 1, and nothing is written, when an upgrade would stop at a table that has
    to be moved first.
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
    with (
        progress.shown("comparing"),
        connected_to_read() as connection,
        nullcontext() if dry_run else migrators_locked_out(connection, connected_to_read, project),
    ):
        history = load_history(project)
        adoption = adopt(connection, project, history)
        written = not dry_run and not adoption.blocking
        if written:
            with recorded(connection, project, history, adoption, reason):
                baselines.write_accepted(file, adoption.accepted, reason=reason)
    render = adoption_report.as_json if format_ == "json" else adoption_report.as_text
    put(render(adoption, project, file if written else None), None)
    return exit_codes.FINDINGS if adoption.blocking else exit_codes.OK
