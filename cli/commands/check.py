"""``monps-db check``."""

from __future__ import annotations

import sys

import click

from cli import exit_codes


@click.command("check", epilog=exit_codes.TABLE)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "--schema",
    "schemas",
    multiple=True,
    metavar="NAME",
    help="Look at this schema only; may be given more than once.",
)
@click.option("--strict", is_flag=True, help="Fail also on what could not be verified.")
def command(*, format_: str, schemas: tuple[str, ...], strict: bool) -> int:
    """Compare the models, the migration history and the live database.

    Reads the system catalogs in one read-only transaction and changes nothing.
    """
    from cli.connection import connected, script_directory
    from core.project import find_project
    from introspection.render import json, terminal, text
    from migrations.runner.check import check

    project = find_project().narrowed_to(schemas)
    with connected() as connection:
        report = check(connection, project, script_directory(project))
    if format_ == "json":
        click.echo(json.render(report))
    elif sys.stdout.isatty():
        terminal.render(report)
    else:
        click.echo(text.render(report))
    return exit_codes.of_report(report, strict=strict)
