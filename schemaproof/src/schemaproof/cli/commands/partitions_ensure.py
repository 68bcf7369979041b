"""The command ``partitions ensure``."""

import click

from schemaproof.cli import exit_codes, output, progress


@click.command("ensure", epilog=exit_codes.TABLE)
def command() -> None:
    """Create the missing partitions.

    Every period needs one, from the oldest existing partition to the periods ahead that
    [tool.schemaproof.partitions] declares ("public.history" = "month, 3 ahead, 24 kept"). Run this
    command every day, unless pg_partman creates the partitions.
    """
    from schemaproof.cli.connection import driver_connection, project
    from schemaproof.partitions import attaching

    with progress.shown("creating partitions") as shown, driver_connection() as connection:
        made = 0
        for name in attaching.ensure(connection, project().scope):
            with shown.paused():
                output.say(f"made {name}")
            made += 1
    if not made:
        output.say("all partitions exist")
