"""Everything that there is to say against revisions, in the order of files and lines."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from schemaproof.history import table_safety
from schemaproof.lint import squawk, static_rules, unqualified_names
from schemaproof.lint.findings import Level, LintFinding
from schemaproof.lint.lock_modes import BLOCKS_WRITES, Lock
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.table_statistics import (
    Counted,
    Size,
    count,
    creators,
    exposed,
    seconds,
    sizes,
    unread,
)
from schemaproof.project import Project
from schemaproof.schema.object_paths import SEARCHED, table_of

LONG_LOCK_SECONDS: Final = 1.0
_SHOWN: Final = 10

FACT_RULES: Final = {
    "column-required": "a column without a default is NOT NULL, and there are rows",
    "not-null-violated": "a column becomes NOT NULL, and rows have null",
    "unique-violated": "a key becomes unique, and rows share it",
    "check-violated": "a CHECK constraint is added that rows violate",
    "foreign-key-violated": "a foreign key is added, and rows refer to nothing",
    "value-too-long": "a column becomes shorter, and values are longer",
    "not-counted": "rows could not be counted",
    "unqualified-names": "somebody else may create objects in a schema that the revision searches,"
    " so his functions and operators can be taken for those that it means",
    "table-of-stranger": "a table belongs to somebody whom nobody has trusted with it, and what he"
    " has put on it (a trigger, a rule, a view in its place) runs as whoever migrates",
    "long-lock": f"a lock that blocks is held for more than {LONG_LOCK_SECONDS:.0f} s",
}
_REMEDIES: Final = {
    "column-required": "add it with a default, or nullable and fill it first",
    "not-null-violated": "fill the rows first",
    "unique-violated": "settle the duplicates first",
    "check-violated": "correct the rows first, or add it NOT VALID",
    "foreign-key-violated": "correct the rows first, or add it NOT VALID",
    "value-too-long": "shorten the values first",
}


def lint(revisions: Sequence[LintedRevision], ignored: Iterable[str]) -> list[LintFinding]:
    """Return what squawk and our rules say; no database is asked.

    Args:
        revisions: The revisions.
        ignored: Rules that are left out, as ``rule`` or ``revision:rule``.
    """
    found = [*squawk.lint(revisions)]
    for revision in revisions:
        found += static_rules.lint(revision)
    return without_ignored(found, ignored)


def lint_facts(
    connection: Connection, pending: Sequence[LintedRevision], ignored: Iterable[str]
) -> list[LintFinding]:
    """Return what the rows and sizes of a database say against pending revisions."""
    found: list[LintFinding] = []
    changing: set[str] = set()
    there = sizes(connection, (name for one in pending for name in one.tables))
    others = creators(connection) if pending else []
    for revision in pending:
        found += _unqualified(connection, revision, others)
        changing |= _tables_of_rows(revision)
        found += _rows(connection, revision, changing, there)
        found += long_locks(revision, there)
    return without_ignored(found, ignored)


def lint_owners(
    connection: Connection, pending: Sequence[LintedRevision], project: Project
) -> list[LintFinding]:
    """Return which tables that pending revisions name belong to strangers."""
    names = {table_of(name) for one in pending for name in one.tables}
    there = table_safety.inspect_tables(connection, project, names)
    found = [
        LintFinding(
            "table-of-stranger",
            Level.ERROR,
            revision.id,
            revision.path,
            _line(revision, name),
            f"{name} belongs to {table.stranger}",
            "see who has made it; name the owner in [tool.schemaproof.roles] if that is who"
            " migrates",
        )
        for revision in pending
        for name in sorted(set(revision.tables))
        if (table := there.get(table_of(name))) is not None and table.stranger
    ]
    return without_ignored(found, project.lint_ignore)


def unsafe(
    connection: Connection, pending: Sequence[LintedRevision], project: Project
) -> list[LintFinding]:
    """Return the errors of pending revisions, as a gate before them needs it: without squawk.

    And without what a downgrade asks for itself: see :func:`schemaproof.lint.data_loss.refuse`.
    """
    ignored = (*project.lint_ignore, "data-loss-undeclared")
    own = [finding for revision in pending for finding in static_rules.lint(revision)]
    found = [
        *without_ignored(own, ignored),
        *lint_owners(connection, pending, project),
        *lint_facts(connection, pending, ignored),
    ]
    return [one for one in found if one.level is Level.ERROR]


def without_ignored(found: Iterable[LintFinding], ignored: Iterable[str]) -> list[LintFinding]:
    """Leave out what the project does not want to hear, say nothing twice, and sort the rest."""
    left_out = set(ignored)
    kept = {one for one in found if not {one.rule, f"{one.revision}:{one.rule}"} & left_out}
    return sorted(kept, key=lambda one: (one.path, one.line, one.rule))


def _unqualified(
    connection: Connection, revision: LintedRevision, creators: Sequence[str]
) -> Iterator[LintFinding]:
    """Yield one finding with the names that those who may create objects could take over."""
    read = [one for one in revision.statements if one.not_analysed is None]
    if not creators or not read:
        return
    named = exposed(connection, unqualified_names.names(one.tree for one in read))
    if named:
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        yield LintFinding(
            "unqualified-names",
            Level.WARNING,
            revision.id,
            revision.path,
            read[0].line,
            f"{', '.join(creators)} may create objects in schema {SEARCHED}, and they could be"
            f" taken for {', '.join(map(str, named[:_SHOWN]))}{more}",
            f"REVOKE CREATE ON SCHEMA {SEARCHED}, or write pg_catalog.lower() and"
            " OPERATOR(pg_catalog.=)",
        )


def _tables_of_rows(revision: LintedRevision) -> set[str]:
    """Return the tables whose rows a revision changes."""
    changes = [one for one in revision.statements if one.changes_rows]
    return {lock.table for one in changes for lock in one.locks}


def _rows(
    connection: Connection,
    revision: LintedRevision,
    changing: Container[str],
    there: Mapping[str, Size],
) -> Iterator[LintFinding]:
    """Count the rows in the way, as they are now; not those that change on the way there."""
    for check in revision.checks:
        if check.table in changing:
            problem = "its rows change before that"
            counted = Counted(check, None, problem=problem)
        else:
            counted = count(connection, check, there, unread(there))
        if counted.count == 0:
            continue
        yield LintFinding(
            check.rule if counted.count else "not-counted",
            Level.ERROR if counted.count else Level.WARNING,
            revision.id,
            revision.path,
            _line(revision, check.table),
            described(counted),
            _REMEDIES[check.rule] if counted.count else "",
        )


def described(counted: Counted) -> str:
    """Say how many rows are in the way, with examples."""
    where = f"{counted.check.table}: {counted.check.subject}"
    if counted.count is None:
        return f"{where}: not counted: {counted.problem}"
    examples = ", ".join(json.dumps(one, ensure_ascii=False) for one in counted.examples)
    what = "keys" if counted.check.rule == "unique-violated" else "rows"
    return f"{where}: {counted.count} {what} in the way, such as {examples}"


def long_locks(revision: LintedRevision, there: Mapping[str, Size]) -> Iterator[LintFinding]:
    """Yield the locks that keep others waiting for long, on tables of these sizes.

    A partition or child is not said beside its parent, whose size has it already.
    """
    for statement in revision.statements:
        long = [(lock, lasts) for lock in statement.locks if (lasts := _too_long(lock, there))]
        named = [(lock, lasts) for lock, lasts in long if lock.is_named]
        for lock, lasts in named or long:
            yield LintFinding(
                "long-lock",
                Level.ERROR,
                revision.id,
                revision.path,
                statement.line,
                f"{lock.table} ({there[lock.table].rows} rows): {lock.mode} blocks {lock.blocks}"
                f" for about {lasts:.0f} s: {lock.work}",
                "build it concurrently, or validate it in a second step",
            )


def _too_long(lock: Lock, there: Mapping[str, Size]) -> float | None:
    lasts = seconds(lock, there.get(lock.table))
    is_long = lasts is not None and lasts > LONG_LOCK_SECONDS
    return lasts if is_long and lock.mode in BLOCKS_WRITES else None


def _line(revision: LintedRevision, table: str) -> int:
    for statement in revision.statements:
        if any(lock.table == table for lock in statement.locks):
            return statement.line
    return 1
