"""The command ``diagram``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from schemaproof.cli import exit_codes, options, progress
from schemaproof.cli.output import put

if TYPE_CHECKING:
    from schemaproof.diagram.picture import Picture
    from schemaproof.output.documents import Document

FORMATS: Final = ("mermaid", "dot", "svg", "html")


@click.command("diagram", epilog=exit_codes.TABLE)
@click.argument("source", default="head")
@options.output_format("Format of the diagram. svg and html need the extra diagram.", FORMATS)
@options.schemas("Draw this schema only. Repeatable.")
@click.option("--around", metavar="TABLE", help="Draw this table and the tables near it.")
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    default=1,
    show_default=True,
    help="With --around: draw tables that are at most this many references away.",
)
@click.option(
    "--columns",
    type=click.Choice(["all", "keys", "none"]),
    help="Columns to draw. Default: all columns of up to 60 tables, else those of keys.",
)
@click.option(
    "--compare", metavar="OTHER", help="Colour what is missing, unexpected or changed in OTHER."
)
@click.option("--tenant", metavar="SCHEMA", help="Draw the schema of this tenant.")
@options.file("--output", text="Write the diagram to a file.")
def command(
    source: str,
    *,
    format_: str,
    schemas: tuple[str, ...],
    around: str | None,
    depth: int,
    columns: str | None,
    compare: str | None,
    tenant: str | None,
    output: Path | None,
) -> None:
    """Draw the tables of a schema and the references between them.

    SOURCE and OTHER are each one of: a revision (an id, the beginning of one, head or base),
    models, live (the database of the settings), the URL of a database, or a snapshot file.
    """
    from schemaproof.cli.connection import project as find_project
    from schemaproof.cli.descriptions import Descriptions
    from schemaproof.cli.object_names import path_named
    from schemaproof.diagram.picture import picture

    descriptions = Descriptions(find_project(tenant).narrowed_to(schemas))
    if compare is None:
        drawn = picture(descriptions.read(source).snapshot)
    else:
        one, found = descriptions.compared(source, compare)
        drawn = picture(one.snapshot, found.differences)
    if around is not None:
        drawn = drawn.around({path_named(around, {box.path for box in drawn.boxes})}, depth)
    title = f"{source} compared with {compare}" if compare else source
    with progress.shown("drawing"):
        document = _rendered(drawn.with_rows(columns), format_, title)
    put(document, output)


def _rendered(drawn: Picture, format_: str, source: str) -> Document:
    module = import_module(f"schemaproof.diagram.{'page' if format_ == 'html' else format_}")
    document: Document = module.render(drawn, f"Schema of {source}")
    return document
