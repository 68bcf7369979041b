"""The linter's rules on pending revisions that need a database: rows, sizes, owners."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.history import table_safety
from schemaproof.lint import unqualified_names
from schemaproof.lint.findings import LintFinding
from schemaproof.lint.lock_modes import BLOCKS_WRITES, Lock
from schemaproof.lint.pending_rows import PendingRows
from schemaproof.lint.relations import SEARCHED, with_schema
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.row_counts import Counted, count
from schemaproof.lint.rules import LONG_LOCK_SECONDS
from schemaproof.lint.table_statistics import Size, seconds, table_sizes
from schemaproof.output.counts import counted
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.scope import Scope

_SHOWN: Final = 10


def lint(
    connection: AnyConnection, pending: Sequence[LintedRevision], searched: str = SEARCHED
) -> Iterator[LintFinding]:
    """Yield findings about rows, sizes, and roles that may create objects in searched schemas."""
    there = table_sizes(connection, (name for one in pending for name in one.tables))
    creators = unqualified_names.creators(connection, searched) if pending else []
    changing: set[str] = set()
    earlier = PendingRows()
    for revision in pending:
        if creators:
            yield from _unqualified(connection, revision, creators, searched)
        changing |= _tables_with_changed_rows(revision)
        yield from _rows(connection, revision, changing, there, earlier)
        earlier.read(revision)
        yield from long_locks(revision, there)


def owners(
    connection: AnyConnection, pending: Sequence[LintedRevision], scope: Scope
) -> Iterator[LintFinding]:
    """Yield tables in pending revisions whose owner is not trusted."""
    names = {_schema_and_name(name) for one in pending for name in one.tables}
    there = table_safety.inspect_tables(connection, scope, names)
    for revision in pending:
        for name in sorted(set(revision.tables)):
            table = there.get(_schema_and_name(name))
            if table is not None and table.stranger:
                message = f"{name} belongs to {table.stranger}"
                yield revision.finding("table-of-stranger", _line(revision, name), message)


def _schema_and_name(table: ObjectPath) -> tuple[str, str]:
    schema, name = with_schema(table).names
    return schema, name


def long_locks(revision: LintedRevision, there: Mapping[str, Size]) -> Iterator[LintFinding]:
    """Yield the locks that keep others waiting for long, on tables of these sizes.

    A partition or child is left out where its parent is named, because the size of the parent
    includes it.
    """
    for statement in revision.statements:
        long = [(lock, lasts) for lock in statement.locks if (lasts := _too_long(lock, there))]
        named = [(lock, lasts) for lock, lasts in long if lock.is_named]
        for lock, lasts in named or long:
            message = (
                f"{lock.table} ({counted(there[lock.table].rows, 'row')}): {lock.mode} blocks"
                f" {lock.blocks} for about {lasts:.0f} s: {lock.work}"
            )
            yield revision.finding("long-lock", statement.line, message)


def _too_long(lock: Lock, there: Mapping[str, Size]) -> float | None:
    lasts = seconds(lock, there.get(lock.table))
    is_long = lasts is not None and lasts > LONG_LOCK_SECONDS
    return lasts if is_long and lock.mode in BLOCKS_WRITES else None


def _unqualified(
    connection: AnyConnection, revision: LintedRevision, creators: Sequence[str], searched: str
) -> Iterator[LintFinding]:
    """Yield one finding with the names that other roles' objects could take over."""
    read = [one for one in revision.statements if one.not_analysed is None]
    named = unqualified_names.exposed(connection, [one.tree for one in read])
    if named:
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        message = (
            f"{', '.join(creators)} may create objects in schema {searched} that could take the"
            f" place of {', '.join(map(str, named[:_SHOWN]))}{more}"
        )
        yield revision.finding("unqualified-names", read[0].line, message)


def _tables_with_changed_rows(revision: LintedRevision) -> set[str]:
    changes = [one for one in revision.statements if one.changes_rows]
    return {lock.table for one in changes for lock in one.locks}


def _rows(
    connection: AnyConnection,
    revision: LintedRevision,
    changing: Container[str],
    there: Mapping[str, Size],
    earlier: PendingRows,
) -> Iterator[LintFinding]:
    """Count the existing rows that violate the new schema and that the revision does not change."""
    for check in revision.checks:
        if check.table in changing or earlier.are_unknown(check):
            counted = Counted(check, None, problem="earlier revisions change its rows")
        else:
            counted = count(connection, check, there, earlier.source(check))
        if counted.count is None and earlier.are_made(check):
            continue  # The revisions write these values themselves.
        if counted.count != 0:
            rule = check.rule if counted.count else "not-counted"
            yield revision.finding(rule, _line(revision, check.table), str(counted))


def _line(revision: LintedRevision, table: str) -> int:
    for statement in revision.statements:
        if any(lock.table == table for lock in statement.locks):
            return statement.line
    return 1
