"""The report of the command ``plan``: text and Markdown for people, JSON for machines."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Final

from schemaproof.compare import Difference
from schemaproof.lint.plan import PlannedLock, PlannedRevision, PlannedStatement
from schemaproof.output.counts import counted
from schemaproof.output.documents import Document, Lines, lines
from schemaproof.output.documents import as_json as to_json
from schemaproof.program import command_line
from schemaproof.report import markdown
from schemaproof.schema.paths import path

_SHOWN: Final = 10
_LEAST: Final = 72
"""The least width of a statement in characters, however narrow the terminal is."""


def as_json(planned: Sequence[PlannedRevision]) -> Document:
    """Write all attributes of the plan."""
    return to_json({"revisions": [asdict(one) for one in planned]})


def as_text(
    planned: Sequence[PlannedRevision], *, looked_at: int, whole_sql: bool, columns: int = _LEAST
) -> Lines:
    """Return a block of lines for each revision.

    Args:
        planned: The pending revisions.
        looked_at: The number of revisions that were read.
        whole_sql: Whether statements are shown in full.
        columns: The width of the terminal in characters; longer statements are shortened, unless
            ``whole_sql`` is set.
    """
    known = counted(looked_at, "revision")
    if not planned:
        return lines([f"{known}, nothing is pending"])
    width = None if whole_sql else max(columns, _LEAST)
    blocks = ((*_revision(one, width), "") for one in planned)
    flat = [line for block in blocks for line in block]
    return lines([*flat, f"{known}, {len(planned)} pending"])


def as_markdown(planned: Sequence[PlannedRevision], *, looked_at: int, whole_sql: bool) -> Document:
    """Write the plan for a comment on a pull request; values are escaped."""
    *steps, last = as_text(planned, looked_at=looked_at, whole_sql=whole_sql).split("\n")
    headline = f"**{command_line('plan')}**: {markdown.escaped(last)}"
    if not planned:
        return Document(headline)
    text = "\n".join(markdown.escaped(line) for line in steps)
    details = f"<details><summary>pending ({len(planned)})</summary>\n<pre>\n{text}\n</pre>"
    return Document(f"{headline}\n\n{details}\n</details>")


def _revision(revision: PlannedRevision, width: int | None) -> Iterator[str]:
    why = f": {revision.phase_reason}" if revision.phase_reason else ""
    name = path(revision.tenant, revision.id) if revision.tenant else revision.id
    yield f"{name} {revision.title} [{revision.phase}{why}]"
    if revision.unprintable is not None:
        yield f"  {revision.unprintable}"
    for statement in revision.statements:
        yield from _statement(statement, width)
    yield from _changes(revision.changes)
    if revision.loses:
        yield f"  loses rows of: {_listed(revision.loses)}"
    if revision.undo_loses:
        yield (
            f"  undo: loses what was written after the upgrade into {_listed(revision.undo_loses)}"
        )
    else:
        yield "  undo: loses nothing"
    for found in revision.checks:
        if found.count == 0:
            yield f"  rows: none violates {found.check.table}: {found.check.subject}"
        else:
            yield f"  rows: {found.check.rule} {found}"


def _changes(changes: Sequence[Difference]) -> Iterator[str]:
    """List what is created, dropped and changed."""
    if not changes:
        yield "  changes: nothing"
    for verb, aspect in (("creates", "unexpected"), ("drops", "missing"), ("changes", None)):
        those = [
            f"{one.code.kind if aspect else one.code} {one.path}"
            for one in changes
            if aspect == one.code.aspect
            or (aspect is None and one.code.aspect not in {"unexpected", "missing"})
        ]
        if those:
            yield f"  {verb}: {_listed(those)}"


def _statement(statement: PlannedStatement, width: int | None) -> Iterator[str]:
    if width is None:
        yield from (f"  {line}" for line in f"{statement.sql};".splitlines())
    else:
        text = f"  {' '.join(statement.sql.split())}"
        yield text if len(text) <= width else f"{text[: width - 3]}..."
    for lock in statement.locks:
        yield f"    {_lock(lock)}"


def _lock(planned: PlannedLock) -> str:
    lock, size = planned.lock, planned.size
    if not lock.mode:
        return "its locks are known only when it runs"
    rows = "" if size is None else f" ({counted(size.rows, 'row')}, {_bytes(size.table_bytes)})"
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
