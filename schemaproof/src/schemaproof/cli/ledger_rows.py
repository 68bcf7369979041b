"""Rows of the ledger as text and JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from schemaproof.output.counts import counted
from schemaproof.output.documents import Document, Lines, lines
from schemaproof.output.documents import as_json as to_json


def as_text(rows: Sequence[Mapping[str, Any]]) -> Lines:
    """Return a line for each row, with details below it."""
    if not rows:
        return lines(["no steps are recorded"])
    return lines(line for row in rows for line in _lines(row))


def as_json(rows: Sequence[Mapping[str, Any]]) -> Document:
    """Return the rows, with times in ISO format and durations in seconds."""
    return to_json([dict(row) for row in rows], default=_plain)


def _lines(row: Mapping[str, Any]) -> Iterator[str]:
    seconds = row["duration"].total_seconds()
    failed = " FAILED" if row["outcome"] == "failed" else ""
    step = f"{row['direction']} {row['revision']}{failed}"
    yield f"{row['id']} {started(row)} {step} {seconds:.2f} s by {actor(row)}"
    if row["error"] is not None:
        yield f"    error:    {row['error']}"
    if row["findings"]:
        yield f"    findings: {len(row['findings'])}"
    if row["allowed"] or row["reason"] is not None:
        why = "" if row["reason"] is None else f": {row['reason']}"
        yield f"    allowed:  {', '.join(row['allowed']) or 'nothing'}{why}"
    if row["objects_created"] and row["outcome"] == "done":
        yield f"    created:  {counted(len(row['objects_created']), 'object')}"


def started(row: Mapping[str, Any]) -> str:
    """Return the start of a step as readable text."""
    began: datetime = row["started_at"]
    return began.strftime("%Y-%m-%d %H:%M:%S %Z")


def actor(row: Mapping[str, Any]) -> str:
    """Return who ran a step as readable text: the role, and the account and host of the program."""
    if row["os_user"] is None:
        return str(row["role"])
    return f"{row['role']} ({row['os_user']}@{row['host'] or '?'})"


def _plain(value: Any) -> str | float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
