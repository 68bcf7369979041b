"""The command ``partitions archive``."""

from pathlib import Path

import click

from schemaproof.cli import exit_codes, output, progress


@click.command("archive", epilog=exit_codes.TABLE)
@click.argument("name", metavar="PARTITION")
@click.argument("folder", type=click.Path(path_type=Path))
def command(*, name: str, folder: Path) -> None:
    """Write a detached partition into FOLDER, as Parquet with a manifest.

    PARTITION is the name of the table without the schema. The manifest is written last: files
    without a manifest are not an archive. The table is kept; drop it yourself. Needs the extra
    archive.
    """
    from schemaproof.cli.connection import driver_connection, project
    from schemaproof.partitions import archiving

    with progress.shown("writing the archive"), driver_connection(copies=True) as connection:
        manifest = archiving.archive(connection, project().scope, name, folder)
    output.say(f"wrote {manifest}")
