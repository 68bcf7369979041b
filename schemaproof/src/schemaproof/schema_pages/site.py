"""All pages: one for each table, and an index with the diagram."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Final

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
_HEAD: Final = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="schemaproof docs">
"""
"""The beginning of each page; it contains no text of a schema."""


def pages(
    snapshot: Snapshot, heading: str, sizes: Mapping[str, Size]
) -> Iterator[tuple[str, Document]]:
    """Yield the name and the contents of each file.

    Args:
        snapshot: The schema.
        heading: The heading of every page.
        sizes: The sizes of its tables, if a database was read.
    """
    every = tuple(references(snapshot))
    tables = [
        table_page(where, relation, every, sizes.get(where))
        for where, relation in snapshot.all_relations()
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


def remove_others(folder: Path, names: Container[str]) -> int:
    """Remove pages that an earlier run wrote, such as those of dropped tables.

    Args:
        folder: The folder of the pages. Files that are not such pages are left alone.
        names: The names of the files to keep.

    Returns:
        The number of files that were removed.

    Raises:
        OSError: A file cannot be read or removed.
    """
    removed = 0
    for file in folder.glob("*.html"):
        if file.name not in names and file.is_file() and _begins(file, _HEAD):
            file.unlink()
            removed += 1
    return removed


def _begins(file: Path, beginning: bytes) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(beginning)) == beginning


def _drawing(snapshot: Snapshot, known: set[ObjectPath]) -> tuple[Drawing | None, str]:
    try:
        return drawing(picture(snapshot).with_rows(), lambda where: _href(where, known)), ""
    except ConfigurationError as error:
        return None, str(error)


def _href(where: ObjectPath, known: set[ObjectPath]) -> str:
    """Return the address of an object's page; objects without one are on the index."""
    name = file_name(where)
    return name if where in known else f"{INDEX}#{name.removesuffix('.html')}"
