"""Text in what rich draws: no markup, no control sequence."""

from rich.text import Text

from schemaproof.output.documents import line


def cell(value: str, style: str = "") -> Text:
    """Return a value as it is shown; only the style is not escaped."""
    return Text(line(value), style)
