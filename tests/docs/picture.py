"""The picture of the READMEs: a terminal with examples of the tutorial, which a test runs."""

import io
import re
from typing import Final

from rich.console import Console
from rich.text import Text

from schemaproof_testing.project import ROOT

_TUTORIAL: Final = ROOT / "docs" / "tutorial.md"
_WIDTH: Final = 56
"""In columns: on a telephone, 400 pixels wide, the letters are still larger than 10 pixels."""
_PIXELS: Final = 640
_CONSOLE: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FONTS: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_COLOURS: Final = {
    r"^\$ .*": "bold white",
    r"^drift.*": "red",
    r"^in sync.*": "green",
    r"^ +(expected|actual):": "dim",
}


def picture() -> str:
    """Return the examples of the sections on drift and its repair as SVG."""
    text = _TUTORIAL.read_text("utf-8")
    shown = text[text.index("## 5.") :]
    console = Console(file=io.StringIO(), width=_WIDTH, record=True, force_terminal=True)
    for block in _CONSOLE.findall(shown):
        for line in block.splitlines():
            if line != "...":
                console.print(_coloured(line))
    svg = console.export_svg(title="schemaproof", unique_id="schemaproof")
    svg = _FONTS.sub("", svg)  # The picture must not load fonts from elsewhere.
    return svg.replace("<svg ", f'<svg width="{_PIXELS}" ', 1)


def _coloured(line: str) -> Text:
    text = Text(line)
    for pattern, style in _COLOURS.items():
        text.highlight_regex(pattern, style)
    return text
