"""The report of ``monps-db import-legacy``: text for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from introspection.render.text import one_line
from repositories.legacy.report import ImportReport, TableAccount


def as_json(report: ImportReport) -> str:
    """Write everything."""
    return json.dumps(asdict(report), indent=2, ensure_ascii=False)


def as_text(report: ImportReport) -> str:
    """Write one block of lines for each table."""
    lines = [line for table in report.tables for line in _table(table)]
    lines += [f"{name}: not there" for name in report.absent]
    if report.dry_run:
        lines.append("dry run: nothing was kept")
    return "\n".join(lines)


def _table(table: TableAccount) -> Iterator[str]:
    if table.target is None:
        yield f"{table.source}: {table.rows} rows, none copied"
    else:
        yield (
            f"{table.source} -> {table.target}: {table.rows} rows: {table.copied} copied,"
            f" {table.already_there} already there, {len(table.refused)} refused"
        )
    if table.new_ids:
        yield f"  {table.new_ids} got a new id: another row has theirs"
    for note in table.notes:
        yield f"  {note}"
    for row in table.refused:
        yield f"  row {row.id} refused: {one_line(row.reason)}"
    width = max((len(column.name) for column in table.columns), default=0)
    for column in table.columns:
        converted = f" ({column.converted} rows)" if column.converted else ""
        yield f"  {column.name:<{width}}  {column.fate}{converted}"
