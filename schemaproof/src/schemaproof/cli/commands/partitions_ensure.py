"""The command ``partitions ensure``."""

import click

from schemaproof.cli import exit_codes, output, progress


@click.command("ensure", epilog=exit_codes.TABLE)
def command() -> None:
    """Create the missing partitions.

    From the oldest existing one to those ahead, as [tool.schemaproof.partitions] declares
    ("public.history" = "month, 3 ahead, 24 kept"). Run it every day, where pg_partman does not.
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
