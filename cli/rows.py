"""Rows on the screen: a table for people, plain text for pipes, JSON for machines."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from introspection.render.text import one_line
from models import Base


def show(rows: Sequence[Base], columns: Sequence[str], *, format_: str) -> None:
    """Print rows.

    Args:
        rows: The rows.
        columns: The attributes that a table shows, dotted where they lead to another row; JSON
            has all columns of the row.
        format_: ``table`` or ``json``.
    """
    if format_ == "json":
        content = [row.to_dict() for row in rows]
        text = json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False)
        click.echo(text)
    elif sys.stdout.isatty():
        _print_table(rows, columns)
    else:
        click.echo("\t".join(columns))
        for row in rows:
            click.echo("\t".join(_cell(row, column) for column in columns))


def _print_table(rows: Sequence[Base], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        # Text, because a name from the database may look like rich's markup.
        table.add_row(*(Text(_cell(row, column)) for column in columns))
    Console().print(table)


def _cell(row: Base, column: str) -> str:
    value: Any = row
    for name in column.split("."):
        value = getattr(value, name)
    if value is None:
        return ""
    return one_line(value.isoformat() if isinstance(value, datetime) else str(value))


def _plain(value: Any) -> Any:
    """Bring a value to what JSON has; NaN and infinity are text, as in PostgreSQL's to_json."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(Decimal(value))
    return value
