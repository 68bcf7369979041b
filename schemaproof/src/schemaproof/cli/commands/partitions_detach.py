"""The command ``partitions detach``."""

import click

from schemaproof.cli import exit_codes, output, progress


@click.command("detach", epilog=exit_codes.TABLE)
@click.option(
    "--wait",
    default="1min",
    show_default=True,
    metavar="TIME",
    help="Time to wait for sessions that use a partition, such as 30s.",
)
def command(*, wait: str) -> None:
    """Detach the partitions older than the periods to keep.

    Other sessions can read and write at the same time.

    A detached partition becomes a separate table and keeps its rows. If a detachment was killed, or
    waited for too long, the next call finishes it.
    """
    from schemaproof.cli.connection import driver_connection, project
    from schemaproof.partitions import attaching

    with progress.shown("detaching partitions") as shown, driver_connection() as connection:
        detached = 0
        for name in attaching.detach(connection, project().scope, patience=wait):
            with shown.paused():
                output.say(f"detached {name}")
            detached += 1
    if not detached:
        output.say("no partition is old enough to detach")
