"""Print figures of CLV: as a table for people, tab-separated text for pipes, or CSV."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from repositories.clv import ClvGroup
from schemaproof import as_columns, as_csv
from schemaproof.cli import output

if TYPE_CHECKING:
    from rich.text import Text

COLUMNS: Final = ("by", "group", "picks", "matches", "mean", "median", "low", "high")

_LONG: Final = ("picks", "matches", "mean", "median", "95 % interval")
_SHORT: Final = ("picks", "mean", "95 %")
_NARROW: Final = 76
"""The width, in characters, below which a table leaves out its less important columns."""


def write(groups: Sequence[ClvGroup], *, format_: str) -> None:
    """Print figures.

    Args:
        groups: The groups, sorted by dimension.
        format_: ``table`` or ``csv``; CSV has the figures unrounded.
    """
    if format_ == "csv":
        output.put(as_csv([COLUMNS, *map(_figures, groups)]))
    elif sys.stdout.isatty():
        _print_table(groups)
    else:
        output.put(as_columns([COLUMNS, *map(_cells, groups)]))


def _figures(group: ClvGroup) -> Iterator[str | int | float | None]:
    yield from (group.dimension, group.name, group.picks, group.matches, group.mean, group.median)
    yield from group.interval() or (None, None)


def _cells(group: ClvGroup) -> list[str]:
    by, _, *figures = _figures(group)
    return [str(by), _name(group), *(_cell(figure) for figure in figures)]


def _cell(figure: str | float | None) -> str:
    if isinstance(figure, float):
        return f"{figure:+.2f}"
    return "" if figure is None else str(figure)


def _name(group: ClvGroup) -> str:
    if group.dimension == "all":
        return "all picks"
    return "(none)" if group.name is None else group.name


def _print_table(groups: Sequence[ClvGroup]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from schemaproof import cell

    if not groups:
        return
    console = Console()
    is_narrow = console.width < _NARROW
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption="CLV in percent")
    table.add_column("group", overflow="fold", min_width=10)
    for name in _SHORT if is_narrow else _LONG:
        table.add_column(name, justify="right", no_wrap=True)
    before = None
    for group in groups:
        if group.dimension not in {before, "all"}:
            table.add_section()
            table.add_row(cell(f"by {group.dimension}", "bold"))
        before = group.dimension
        table.add_row(cell(_name(group)), *_row(group, is_narrow=is_narrow))
    console.print(table)


def _row(group: ClvGroup, *, is_narrow: bool) -> list[str | Text]:
    from schemaproof import cell

    _, _, picks, matches, mean, median, low, high = _cells(group)
    if is_narrow:
        interval = group.interval()
        reach = f"±{interval[1] - group.mean:.2f}" if interval else ""
        return [picks, mean, cell(reach, _style(group))]
    return [picks, matches, mean, median, cell(f"{low}…{high}" if low else "", _style(group))]


def _style(group: ClvGroup) -> str:
    """Return green or red for a mean that differs significantly from 0, else no colour."""
    low, high = group.interval() or (0, 0)
    return "green" if low > 0 else "red" if high < 0 else ""
