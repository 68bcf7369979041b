"""A picture as one self-contained page: it can be zoomed and searched, and loads nothing."""

from schemaproof.diagram.picture import Picture
from schemaproof.diagram.svg import drawing
from schemaproof.output.counts import counted
from schemaproof.output.documents import Document
from schemaproof.output.html_pages import template


def render(picture: Picture, heading: str) -> Document:
    """Return the picture as an HTML page."""
    hidden = sum(1 for box in picture.boxes if box.hidden)
    schemas = counted(len(picture.by_schema()), "schema")
    note = f"{counted(len(picture.boxes), 'object')} in {schemas}."
    if hidden:
        note += " Only the columns of keys are shown."
    return Document(
        template("diagram.html").render(
            drawing=drawing(picture),
            heading=heading,
            note=note,
            marked=any(box.mark for box in picture.boxes),
        )
    )
