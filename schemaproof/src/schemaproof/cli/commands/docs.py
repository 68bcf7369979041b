"""The command ``docs``."""

from pathlib import Path

import click

from schemaproof.cli import exit_codes, options, output, progress


@click.command("docs", epilog=exit_codes.TABLE)
@click.argument("source", default="head")
@click.option(
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    required=True,
    help="Write the pages to this folder.",
)
@options.schemas("Describe this schema only. Repeatable.")
@click.option("--tenant", metavar="SCHEMA", help="Describe the schema of this tenant.")
def command(source: str, *, folder: Path, schemas: tuple[str, ...], tenant: str | None) -> None:
    """Write a page for each table, and a diagram that links them.

    SOURCE is one of: a revision (an id, the beginning of one, head or base), models, live (the
    database of the settings), the URL of a database, or a snapshot file. The size of a table is
    known where SOURCE is a database. Pages of an earlier run that are no longer needed are removed.
    """
    from schemaproof.cli.connection import project as find_project
    from schemaproof.cli.descriptions import Descriptions
    from schemaproof.output.counts import counted
    from schemaproof.schema_pages import site

    found = Descriptions(find_project(tenant).narrowed_to(schemas)).read(source, with_sizes=True)
    output.make_folder(folder)
    with progress.shown("drawing and writing the pages"):
        made = dict(site.pages(found.snapshot, f"Schema of {found.name}", found.sizes))
        for name, page in made.items():
            output.put(page, folder / name)
        removed = site.remove_others(folder, made)
    gone = f"; {counted(removed, 'old page')} removed" if removed else ""
    output.say(f"{counted(len(made), 'page')} in {folder}{gone}")
