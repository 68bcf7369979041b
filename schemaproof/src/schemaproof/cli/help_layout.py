"""Lay out help for narrow terminals: click itself assumes at least 50 columns."""

from collections.abc import Iterable
from shutil import get_terminal_size
from typing import Final

import click

_LEAST: Final = 20
_WIDEST: Final = 80
_CONTINUED: Final = 4


class _Formatter(click.HelpFormatter):
    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write a list of names with their descriptions, which get more than half of the width."""
        room = self.width - self.current_indent
        wrapped = [(self._wrapped(name, room), text) for name, text in rows]
        super().write_dl(wrapped, min(col_max, self.width * 2 // 5), col_spacing)

    def _wrapped(self, name: str, room: int) -> str:
        """Return an option; its choices continue on the next line where there is no room."""
        lines = [""]
        for part in name.replace("|", "|\n").splitlines():
            if len(lines[-1] + part) > room:
                lines.append(" " * _CONTINUED)
            lines[-1] += part
        return f"\n{' ' * self.current_indent}".join(lines)


class HelpContext(click.Context):
    """The context of a command whose help fits narrow terminals."""

    formatter_class = _Formatter


class HelpCommand(click.Command):
    """A command whose help fits narrow terminals."""

    context_class = HelpContext


def width() -> int:
    """Return the width of the help on this terminal, in characters."""
    return max(min(get_terminal_size().columns, _WIDEST) - 2, _LEAST)
