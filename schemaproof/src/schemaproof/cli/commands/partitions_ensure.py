"""The command ``partitions ensure``."""

import click

from schemaproof.cli import exit_codes, output


@click.command("ensure", epilog=exit_codes.TABLE)
def command() -> None:
    """Make the partitions that are missing.

    From the oldest that is there to those ahead, as [tool.schemaproof.partitions] declares
    ("public.history" = "month, 3 ahead, 24 kept"). Run it every day, where pg_partman does not.
    """
    from schemaproof.cli.connection import driver_connection, project
    from schemaproof.partitions import attaching

    with driver_connection() as connection:
        made = 0
        for name in attaching.ensure(connection, project().scope):
            output.say(f"made {name}")
            made += 1
    if not made:
        output.say("all partitions are there")
