"""All pages: one for each table, and one that has the diagram and lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from schemaproof.diagram import dot
from schemaproof.diagram.picture import picture
from schemaproof.diagram.references import references
from schemaproof.diagram.svg import Drawing, drawing
from schemaproof.errors import ConfigurationError
from schemaproof.output.documents import Document
from schemaproof.output.html_pages import template
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema_pages.file_names import file_name
from schemaproof.schema_pages.table_page import Size, table_page
from schemaproof.sql.enum_labels import enum_labels

INDEX = "index.html"


def pages(
    snapshot: Snapshot, heading: str, sizes: Mapping[str, Size]
) -> Iterator[tuple[str, Document]]:
    """Yield the name of each file, and what is in it.

    Args:
        snapshot: The schema.
        heading: What it is the schema of.
        sizes: How large its tables are, where a database says so.
    """
    every = tuple(references(snapshot))
    tables = [
        table_page(where, relation, every, sizes.get(where))
        for schema in snapshot.schemas
        for relation in schema.relations
        for where in [path(schema.name, relation.name)]
    ]
    known = {one.path for one in tables}
    drawn = picture(snapshot)
    shared = {
        "heading": heading,
        "href": lambda where: _href(where, known),
        "anchor": dot.box_names(drawn.boxes).get,
    }
    pictured, why_not = _drawing(snapshot, known)
    index = {"drawing": pictured, "why_not": why_not, "marked": False, "labels": enum_labels}
    listed = {"snapshot": snapshot, "tables": {one.path: one for one in tables}, "path": path}
    yield INDEX, Document(template("docs_index.html").render(**shared, **index, **listed))
    for one in tables:
        yield file_name(one.path), Document(template("docs_table.html").render(page=one, **shared))


def _drawing(snapshot: Snapshot, known: set[ObjectPath]) -> tuple[Drawing | None, str]:
    try:
        return drawing(picture(snapshot).with_rows(), lambda where: _href(where, known)), ""
    except ConfigurationError as error:
        return None, str(error)


def _href(where: ObjectPath, known: set[ObjectPath]) -> str:
    """Return the page about an object; what has none is on the one that lists all."""
    name = file_name(where)
    return name if where in known else f"{INDEX}#{name.removesuffix('.html')}"
