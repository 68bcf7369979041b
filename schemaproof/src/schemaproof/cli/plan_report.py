"""The report of the command ``plan``: text for people, JSON for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Final

from schemaproof.lint.plan import PlannedLock, PlannedRevision, PlannedStatement
from schemaproof.output.documents import Document, Lines, lines
from schemaproof.output.documents import as_json as to_json

_WIDTH: Final = 72
_SHOWN: Final = 10


def as_json(planned: Sequence[PlannedRevision]) -> Document:
    """Write everything."""
    return to_json({"revisions": [asdict(one) for one in planned]})


def as_text(planned: Sequence[PlannedRevision], *, whole_sql: bool) -> Lines:
    """Write a block of lines for each revision."""
    if not planned:
        return lines(["nothing is pending"])
    blocks = (("", *_revision(one, whole_sql=whole_sql)) for one in planned)
    return lines([line for block in blocks for line in block][1:])


def _revision(revision: PlannedRevision, *, whole_sql: bool) -> Iterator[str]:
    yield f"{revision.id} {revision.title}"
    if revision.unprintable is not None:
        yield f"  {revision.unprintable}"
    for statement in revision.statements:
        yield from _statement(statement, whole_sql=whole_sql)
    yield f"  changes: {_listed([f'{one.code} {one.path}' for one in revision.changes])}"
    if revision.loses:
        yield f"  loses rows of: {_listed(revision.loses)}"
    if revision.undo_loses:
        yield f"  undo: loses what was written meanwhile into {_listed(revision.undo_loses)}"
    else:
        yield "  undo: loses nothing"
    for counted in revision.checks:
        if counted.count == 0:
            yield f"  rows: none in the way of {counted.check.table}: {counted.check.subject}"
        else:
            yield f"  rows: {counted.check.rule} {counted}"


def _statement(statement: PlannedStatement, *, whole_sql: bool) -> Iterator[str]:
    if whole_sql:
        yield from (f"  {line}" for line in f"{statement.sql};".splitlines())
    else:
        text = " ".join(statement.sql.split())
        yield f"  {text if len(text) <= _WIDTH else text[: _WIDTH - 3] + '...'}"
    for lock in statement.locks:
        yield f"    {_lock(lock)}"


def _lock(planned: PlannedLock) -> str:
    lock, size = planned.lock, planned.size
    if not lock.mode:
        return f"what it locks {lock.work}"
    rows = "" if size is None else f" ({size.rows} rows, {_bytes(size.table_bytes)})"
    lasts = "" if planned.seconds is None else f", about {planned.seconds:.1f} s"
    return f"{lock.mode} on {lock.table}{rows}: blocks {lock.blocks}, {lock.work}{lasts}"


def _bytes(number: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1024 or unit == "GB":  # noqa: PLR2004 - as PostgreSQL's pg_size_pretty
            return f"{number:.0f} {unit}"
        number /= 1024
    raise AssertionError


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{shown}{more}" or "nothing"
