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
    help="How the rows are written.",
)
@click.option("--failed", is_flag=True, help="Only attempts that failed.")
def command(revision: str | None, *, format_: str, failed: bool) -> None:
    """Show the ledger: every step of the migrations on this database, oldest first.

    REVISION is an id or how it begins.
    """
    from schemaproof.catalog.catalog import reading
    from schemaproof.cli import ledger_rows
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.cli.connection import project as find_project
    from schemaproof.history import ledger

    project = find_project()
    with connected_to_read() as connection, reading(connection):
        rows = ledger.ledger_rows(connection, project, revision)
    shown = [row for row in rows if row["outcome"] == "failed" or not failed]
    output.put(ledger_rows.as_json(shown) if format_ == "json" else ledger_rows.as_text(shown))
