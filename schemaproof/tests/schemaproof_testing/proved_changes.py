"""Write revisions for changes of models, apply them to tables with rows, and return the faults."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from schemaproof.history import changes as snapshot_changes
from schemaproof.history import record, scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_request import Written
from schemaproof.history.scratch import Scratch
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.changed_models import SCHEMA, Change, models, quoted
from schemaproof_testing.written import WrittenProject, run_sql

_PLACEHOLDER = re.compile(r'set_ = (""".* = NULL""")')
_FAILS_WITH_ROWS = "it fails if there are rows"
_NOTED = {
    "adding-field-with-default": "every row is rewritten while",
    "changing-column-type": "every row is rewritten while",
    "adding-required-field": _FAILS_WITH_ROWS,
}
_INVALID = "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid"


def faults(opened: WrittenProject, changes: list[Change]) -> list[str]:
    """Write revisions for changes, and return the faults."""
    project = opened.with_(managed_schemas=(SCHEMA,), lint_enable=("data-loss-undeclared",))
    project.models(models(changes, is_after=False))
    [first] = project.write(rev_id="first").files
    _with_statements(project, first, changes)
    project.models(models(changes, is_after=True))
    made = project.write(rename=tuple(text for one in changes for text in one.renames))
    found = [f"not written: {one}" for one in (*made.unwritten, *made.left)]
    found += [f"lint: {one}" for one in _unnoted(project.lint(made), made)]
    found += [f"written again: {one}" for one in project.write().files]
    for file in made.files:
        _fill(file, changes)
    return [*found, *_faults_with_rows(project, made, changes)]


def _with_statements(project: WrittenProject, first: Path, changes: list[Change]) -> None:
    some = [sql for one in changes for sql in one.by_hand]
    if some:
        made = "".join(f"    op.execute({sql.replace(':', chr(92) + ':')!r})\n" for sql in some)
        text = first.read_text("utf-8")
        first.write_text(text.replace("\n\ndef downgrade", made + "\n\ndef downgrade"), "utf-8")
        project.record()


def _unnoted(findings: Iterable[str], made: Written) -> Iterator[str]:
    """Yield the linter's problems that the revisions do not note as unsafe."""
    notes = "\n".join(made.notes)
    for one in findings:
        rule = one.split()[1].rstrip(":")
        if rule != "backfill-unfilled" and (rule not in _NOTED or _NOTED[rule] not in notes):
            yield one


def _fill(file: Path, changes: list[Change]) -> None:
    """Insert the values for existing rows into the revisions."""
    text = file.read_text("utf-8")
    if (found := _PLACEHOLDER.search(text)) is None:
        return
    sets = ast.literal_eval(found[1]).replace("\\:", ":")
    [value] = [
        column.filled
        for one in changes
        if one.name in text.replace("\\", "").replace('""', '"')
        for name, column in one.after.columns.items()
        if sets.removesuffix(" = NULL") in (name, quoted(name))
    ]
    filled = sets.removesuffix("NULL") + value
    file.write_text(text.replace(found[1], repr(filled.replace(":", "\\:"))), "utf-8")


def _faults_with_rows(
    project: WrittenProject, made: Written, changes: list[Change]
) -> Iterator[str]:
    """Yield the faults when the tables have rows: up, down and up again."""
    last = made.snapshots[-1].stem if made.snapshots else "first"
    with (
        ProjectProbe(project.project) as probe,
        scratch.project_scratch(project.project) as there,
    ):
        probe.upgrade(there, "first")
        run_sql(there, "INSERT INTO other SELECT generate_series(1, 10) RETURNING 1")
        for one in changes:
            for sql in () if _is_for_empty_tables(one, made) else one.rows:
                run_sql(there, sql)
        before, kept = record.read(there, probe), _kept(there, changes)
        probe.upgrade(there, last)
        after = record.read(there, probe)
        yield from _lost("upgrade", kept, _kept(there, changes, is_after=True))
        for one in changes:
            if one.loses_what_is_required:
                run_sql(there, f"DELETE FROM {one.on} RETURNING 1")
        kept = _kept(there, changes, is_after=True)
        probe.downgrade(there, "first")
        yield from _differing("downgrade", before, record.read(there, probe))
        yield from _lost("downgrade", kept, _kept(there, changes))
        probe.upgrade(there, last)
        yield from _differing("second upgrade", after, record.read(there, probe))
        yield from _lost("second upgrade", kept, _kept(there, changes, is_after=True))
        yield from (f"invalid: {one['name']}" for one in run_sql(there, _INVALID))


def _is_for_empty_tables(change: Change, made: Written) -> bool:
    """Whether a revision declares that it fails on tables with rows."""
    start = f"{change.schema or 'public'}.{change.name}."
    return any(one.startswith(start) and _FAILS_WITH_ROWS in one for one in made.notes)


def _kept(there: Scratch, changes: list[Change], *, is_after: bool = False) -> list[Any]:
    queries = [one.kept(is_after=is_after) for one in changes]
    return [[tuple(row.values()) for row in run_sql(there, query)] for query in queries]


def _lost(when: str, before: list[Any], after: list[Any]) -> Iterator[str]:
    for old, new in zip(before, after, strict=True):
        if old != new:
            yield f"{when}: {old} became {new}"


def _differing(when: str, before: Snapshot, after: Snapshot) -> Iterator[str]:
    found = snapshot_changes.between([before], after)
    different = [one for one in found if one.code.aspect != "order"]
    yield from (f"{when}: {line}" for line in snapshot_changes.in_lines(different))
