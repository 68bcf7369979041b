"""The command ``audit uninstall``."""

import click

from schemaproof.cli import exit_codes, output


@click.command("uninstall", epilog=exit_codes.TABLE)
@click.option("--sql", is_flag=True, help="Print the SQL for a superuser to run; change nothing.")
def command(*, sql: bool) -> None:
    """Remove the audit and everything that it recorded."""
    from schemaproof.audit import installation
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.report.script import script

    if sql:
        output.put(script(installation.uninstall_script().removesuffix("\n")))
        return
    with connected_to_read() as connection:
        was_there = installation.uninstall(connection)
    output.say("the audit was removed" if was_there else "no audit was installed")
