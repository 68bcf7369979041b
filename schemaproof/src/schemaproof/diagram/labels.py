"""A name in large type, which can be read when the picture is small."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schemaproof.diagram import dot
from schemaproof.diagram.layout import Area

_WIDTH: Final = 0.66
"""The ratio of the width of a bold character to its font size."""
_HEIGHT: Final = 1.2
_WORD: Final = re.compile(r"[^_\s]*[_\s]*")


@dataclass(frozen=True, slots=True)
class Label:
    """A name, divided into lines.

    Attributes:
        size: The size of its type, in points.
        lines: Each line with the height of its middle.
    """

    size: float
    lines: tuple[tuple[float, str], ...]


def fitted(name: str, area: Area, share: float = 0.94) -> Label:
    """Return a name in the largest type that fits into an area; lines end at underscores.

    Args:
        name: The name.
        area: The area in which the name is centred.
        share: The part of the width and of the height that may be used, up to 1.
    """
    width, height = area.width * share, area.height * share
    size, lines = max(
        (min(width / (_longest(lines) * _WIDTH), height / (len(lines) * _HEIGHT)), lines)
        for lines in _broken(name)
    )
    top = area.y + (area.height - (len(lines) - 1) * size * _HEIGHT) / 2
    return Label(size, tuple((top + at * size * _HEIGHT, line) for at, line in enumerate(lines)))


def _broken(name: str) -> Iterator[list[str]]:
    """Yield a name in one line, and in lines that are shorter and shorter."""
    words = [word for word in _WORD.findall(name) if word] or [""]
    for room in range(max(dot.text_width(name), 1), _longest(words) - 1, -1):
        lines = [""]
        for word in words:
            if lines[-1] and dot.text_width(lines[-1] + word) > room:
                lines.append("")
            lines[-1] += word
        yield lines


def _longest(lines: list[str]) -> int:
    return max(1, *map(dot.text_width, lines))
