"""The command ``audit install``."""

import click

from schemaproof.cli import exit_codes, output


@click.command("install", epilog=exit_codes.TABLE)
@click.option(
    "--reader",
    "readers",
    multiple=True,
    metavar="ROLE",
    help="Let this role read the record, besides pg_read_all_stats. Repeatable.",
)
@click.option("--sql", is_flag=True, help="Print the SQL for a superuser to run; change nothing.")
def command(*, readers: tuple[str, ...], sql: bool) -> None:
    """Make the database record each DDL command.

    Event triggers write what was done, by whom, from where and when into a table of the schema
    schemaproof_audit, which nobody else may write. A superuser, or the administrator of a managed
    server, has to install it once. Installing again brings an older audit to this version and
    keeps what is recorded.
    """
    from schemaproof.audit import installation
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.report.script import script

    if sql:
        output.put(script(installation.install_script(readers).removesuffix("\n")))
        return
    with connected_to_read() as connection:
        is_new = installation.install(connection, readers)
    output.say("the audit is installed" if is_new else "the audit is already installed")
