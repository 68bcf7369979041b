"""The command ``audit install``."""

import click

from schemaproof.cli import exit_codes, output


@click.command("install", epilog=exit_codes.TABLE)
@click.option(
    "--reader",
    "readers",
    multiple=True,
    metavar="ROLE",
    help="A role that may read what is recorded, besides pg_read_all_stats; may be repeated.",
)
@click.option("--sql", is_flag=True, help="Print the SQL instead, for a superuser to run.")
def command(*, readers: tuple[str, ...], sql: bool) -> None:
    """Have the database record each DDL command: what, by whom, from where, when.

    Event triggers write it into a table that nobody else may write (the schema
    schemaproof_audit). Needs a superuser, or the administrator of a managed server, once. What is
    there already is brought to what this version makes; nothing recorded is lost.
    """
    from schemaproof.audit import installation
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.report.script import script

    if sql:
        output.put(script(installation.install_script(readers).removesuffix("\n")))
        return
    with connected_to_read() as connection:
        is_new = installation.install(connection, readers)
    output.say("the audit is installed" if is_new else "the audit is as this version makes it")
