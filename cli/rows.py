"""Print rows: as a table for people, as plain text for pipes, as JSON for machines."""

import math
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from models import Base
from schemaproof import as_columns, as_json
from schemaproof.cli import output


def show(rows: Sequence[Base], columns: Sequence[str], *, format_: str) -> None:
    """Print rows.

    Args:
        rows: The rows.
        columns: The attributes that a table shows, such as ``team.team_name``; JSON has all columns
            of the row.
        format_: ``table`` or ``json``.
    """
    if format_ == "json":
        content = [row.to_dict() for row in rows]
        output.put(as_json(_plain(content)))
    elif sys.stdout.isatty():
        _print_table(rows, columns)
    else:
        output.put(as_columns([columns, *([_cell(row, one) for one in columns] for row in rows)]))


def _print_table(rows: Sequence[Base], columns: Sequence[str]) -> None:
    """Print a table; on a terminal that is too narrow for it, a block of lines for each row."""
    from rich.console import Console
    from rich.table import Table

    from schemaproof import cell

    table = Table(*columns)
    for row in rows:
        table.add_row(*(cell(_cell(row, column)) for column in columns))
    console = Console()
    anywhere = console.options.update(max_width=sys.maxsize)
    if not rows or console.measure(table, options=anywhere).maximum <= console.width:
        console.print(table)
        return
    for row in rows:
        console.print(*(cell(f"{one}: {_cell(row, one)}") for one in columns), "", sep="\n")


def _cell(row: Base, column: str) -> str:
    value: Any = row
    for name in column.split("."):
        value = getattr(value, name)
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> Any:
    """Convert a value to JSON; NaN and infinity become text, as in PostgreSQL's to_json()."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(Decimal(value))
    return value
