"""The command ``history``."""

import click

from schemaproof.cli import exit_codes, output


@click.command("history", epilog=exit_codes.TABLE)
@click.argument("revision", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the rows.",
)
@click.option("--tenant", metavar="SCHEMA", help="Show the ledger of this tenant.")
@click.option("--failed", is_flag=True, help="Show failed attempts only.")
def command(revision: str | None, *, format_: str, tenant: str | None, failed: bool) -> None:
    """Show every migration step of this database, oldest first.

    The steps are recorded in the ledger. REVISION is an id, or the beginning of one.
    """
    from schemaproof.catalog.catalog import reading
    from schemaproof.cli import ledger_rows
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.cli.connection import project as find_project
    from schemaproof.history import ledger
    from schemaproof.history.revision_imports import load_importable

    project = find_project(tenant)
    with connected_to_read() as connection, reading(connection):
        rows = ledger.ledger_rows(connection, project.scope, revision)
    shown = [row for row in rows if row["outcome"] == "failed" or not failed]
    output.put(ledger_rows.as_json(shown) if format_ == "json" else ledger_rows.as_text(shown))
    # The rows are true whatever the files are now.
    load_importable(project)
