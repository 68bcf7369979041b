"""Text for tables of rich, without markup and control sequences."""

from rich.text import Text

from schemaproof.output.documents import line


def cell(value: str, style: str = "") -> Text:
    """Return a value as rich shows it, with control characters escaped."""
    return Text(line(value), style)
