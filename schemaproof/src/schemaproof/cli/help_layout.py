"""Lay out help for narrow terminals: click itself assumes at least 50 columns."""

from collections.abc import Iterable
from shutil import get_terminal_size
from typing import Final

import click

_LEAST: Final = 20
_WIDEST: Final = 80


class _Formatter(click.HelpFormatter):
    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write a list of names with their descriptions, which get more than half of the width."""
        super().write_dl(rows, min(col_max, self.width * 2 // 5), col_spacing)


class HelpContext(click.Context):
    """The context of a command whose help fits narrow terminals."""

    formatter_class = _Formatter


class HelpCommand(click.Command):
    """A command whose help fits narrow terminals."""

    context_class = HelpContext


def width() -> int:
    """Return the width of the help on this terminal, in characters."""
    return max(min(get_terminal_size().columns, _WIDEST) - 2, _LEAST)
