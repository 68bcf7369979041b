"""The command ``partitions restore``."""

from pathlib import Path

import click

from schemaproof.cli import exit_codes, output, progress


@click.command("restore", epilog=exit_codes.TABLE)
@click.argument("manifest", type=click.Path(path_type=Path))
def command(*, manifest: Path) -> None:
    """Create an archived partition again, with its rows, and attach it.

    File and rows are compared with the manifest. If anything fails, nothing is changed. Needs the
    extra archive.
    """
    from schemaproof.cli.connection import driver_connection
    from schemaproof.partitions import archiving

    with progress.shown("restoring the rows"), driver_connection(copies=True) as connection:
        name = archiving.restore(connection, manifest)
    output.say(f"restored {name}")
