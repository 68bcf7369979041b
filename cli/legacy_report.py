"""The report of ``monps-db import-legacy``: text for people, JSON for machines."""

from collections.abc import Iterator
from dataclasses import asdict

from loading.legacy.report import ImportReport, TableAccount
from schemaproof import Document, Lines, lines
from schemaproof import as_json as to_json


def as_json(report: ImportReport) -> Document:
    """Return the whole report as JSON."""
    return to_json(asdict(report))


def as_text(report: ImportReport) -> Lines:
    """Return a block of lines for each table."""
    account = [line for table in report.tables for line in _table(table)]
    account += [f"{name}: does not exist" for name in report.absent]
    if report.dry_run:
        account.append("dry run: nothing was kept")
    return lines(account)


def _table(table: TableAccount) -> Iterator[str]:
    if table.target is None:
        yield f"{table.source}: {table.rows} read, none copied"
    else:
        yield (
            f"{table.source} -> {table.target}: {table.rows} read, {table.copied} copied,"
            f" {table.already_there} already there, {len(table.refused)} refused"
        )
    if table.new_ids:
        yield f"  {table.new_ids} got a new id, because another row has their id"
    for note in table.notes:
        yield f"  {note}"
    for row in table.refused:
        yield f"  row {row.id} refused: {row.reason}"
    width = max((len(column.name) for column in table.columns), default=0)
    for column in table.columns:
        converted = f" (rows: {column.converted})" if column.converted else ""
        yield f"  {column.name:<{width}}  {column.fate}{converted}"
