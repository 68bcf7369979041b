"""Our own rules: on what a revision's file and its SQL say. No database is asked."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Final

from schemaproof.lint import data_loss
from schemaproof.lint.findings import Level, LintFinding
from schemaproof.lint.lock_modes import BLOCKS_WRITES
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.statements import Statement
from schemaproof.schema.object_paths import table_of
from schemaproof.schema.paths import path

_ALLOWED: Final = frozenset({"alembic", "sqlalchemy", *sys.stdlib_module_names})
_SHOWN: Final = 3

RULES: Final = {
    "sql-unknown": "the SQL cannot be printed, so nothing can be said about it",
    "sql-not-analysed": "PostgreSQL's parser (of 18) does not read a statement, so nothing is known"
    " of its locks",
    "downgrade-missing": "the upgrade changes the schema and the downgrade does nothing",
    "data-loss-undeclared": "the downgrade drops a table or a column with its rows, and"
    " downgrade_loses does not say so",
    "application-import": "history is frozen, and application code changes",
    "print-call": "print goes past Alembic's output and into scripts",
    "data-with-schema": "rows and schema change in one transaction, so the locks of the schema"
    " change are held while the rows are changed",
    "autocommit-not-alone": "what stands beside autocommit_block is committed before it, and is"
    " there when the block fails",
    "several-strong-locks": "locks on several tables are held until the end of the transaction,"
    " and may deadlock with the application",
}


def lint(revision: LintedRevision) -> Iterator[LintFinding]:
    """Yield what our rules say of a revision."""
    module = ast.parse(revision.source)
    yield from _unprintable(revision)
    yield from _not_analysed(revision)
    yield from _downgrade(revision, module)
    yield from _data_loss(revision)
    yield from _imports(revision, module)
    yield from _prints(revision, module)
    yield from _autocommit(revision, module)
    yield from _rows_and_schema(revision)
    yield from _several_locks(revision)


def _finding(
    revision: LintedRevision, rule: str, line: int, message: str, *, remedy: str, level: Level
) -> LintFinding:
    return LintFinding(rule, level, revision.id, revision.path, line, message, remedy)


def _unprintable(revision: LintedRevision) -> Iterator[LintFinding]:
    if revision.unprintable is not None:
        yield _finding(
            revision,
            "sql-unknown",
            1,
            revision.unprintable,
            remedy="so that it can be looked at beforehand and printed (--sql)",
            level=Level.ERROR,
        )


def _not_analysed(revision: LintedRevision) -> Iterator[LintFinding]:
    for statement in revision.statements:
        if statement.sql and statement.not_analysed is not None:
            yield _finding(
                revision,
                "sql-not-analysed",
                statement.line,
                f"not analysed, so what it locks is unknown: {statement.not_analysed}",
                remedy="look at it by hand, and try it on a copy of the database",
                level=Level.WARNING,
            )


def _downgrade(revision: LintedRevision, module: ast.Module) -> Iterator[LintFinding]:
    functions = {one.name: one for one in module.body if isinstance(one, ast.FunctionDef)}
    if not _changes_something(revision):
        return
    downgrade = functions.get("downgrade")
    if downgrade is not None and any(not _is_nothing(one) for one in downgrade.body):
        return
    yield _finding(
        revision,
        "downgrade-missing",
        downgrade.lineno if downgrade else 1,
        "the downgrade does not undo what the upgrade changes",
        remedy="write the downgrade; where rows are lost, say so in the revision",
        level=Level.ERROR,
    )


def _changes_something(revision: LintedRevision) -> bool:
    return bool(revision.statements if revision.changes is None else revision.changes)


def _is_nothing(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, (ast.Pass, ast.Raise))


def _data_loss(revision: LintedRevision) -> Iterator[LintFinding]:
    lost = data_loss.by_undo(revision.changes or ())
    if lost and revision.loses is None:
        yield _finding(
            revision,
            "data-loss-undeclared",
            1,
            f"the downgrade loses the rows of {', '.join(lost[:_SHOWN])}",
            remedy='say so in the revision: downgrade_loses = "..."',
            level=Level.ERROR,
        )


def _imports(revision: LintedRevision, module: ast.Module) -> Iterator[LintFinding]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        else:
            continue
        for name in names:
            if name.split(".")[0] not in _ALLOWED:
                yield _finding(
                    revision,
                    "application-import",
                    node.lineno,
                    f"imports {name}: when that changes, the past changes",
                    remedy="import alembic and sqlalchemy only, and copy what is needed",
                    level=Level.ERROR,
                )


def _prints(revision: LintedRevision, module: ast.Module) -> Iterator[LintFinding]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
            yield _finding(
                revision,
                "print-call",
                node.lineno,
                "print writes into the script of --sql",
                remedy="say it in SQL: RAISE WARNING is passed on",
                level=Level.WARNING,
            )


def _autocommit(revision: LintedRevision, module: ast.Module) -> Iterator[LintFinding]:
    inside = [one for one in revision.statements if one.autocommit]
    outside = [one for one in revision.statements if not one.autocommit]
    lines = [outside[0].line] if inside and outside else []
    for line in [*lines, *_beside_block(module)]:
        yield _finding(
            revision,
            "autocommit-not-alone",
            line,
            "stands beside autocommit_block, and is not undone when the block fails",
            remedy="give the block a revision of its own",
            level=Level.ERROR,
        )


def _beside_block(module: ast.Module) -> Iterator[int]:
    """Yield the first line of a downgrade, whose SQL is not printed, that is beside a block."""
    for function in module.body:
        if isinstance(function, ast.FunctionDef) and function.name == "downgrade":
            body = [one for one in function.body if not _is_nothing(one)]
            others = [one for one in body if not _is_block(one)]
            if others and len(others) < len(body):
                yield others[0].lineno


def _is_block(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.With) and any(
        "autocommit_block" in ast.unparse(item.context_expr) for item in statement.items
    )


def _rows_and_schema(revision: LintedRevision) -> Iterator[LintFinding]:
    created = _created(revision)
    rows = [
        one
        for one in revision.statements
        if one.changes_rows and not any(table_of(lock.table) in created for lock in one.locks)
    ]
    others = [one for one in revision.statements if not one.changes_rows]
    if rows and others:
        yield _finding(
            revision,
            "data-with-schema",
            rows[0].line,
            "changes rows in the transaction that changes the schema, so its locks last longer",
            remedy="give the rows a revision of their own, and large tables a program in batches",
            level=Level.WARNING,
        )


def _several_locks(revision: LintedRevision) -> Iterator[LintFinding]:
    created = _created(revision)
    first: dict[tuple[str, str], Statement] = {}
    for statement in revision.statements:
        if statement.autocommit:
            continue
        for lock in statement.locks:
            if lock.is_named and lock.mode in BLOCKS_WRITES and table_of(lock.table) not in created:
                first.setdefault(table_of(lock.table), statement)
    if len(first) > 1:
        names = ", ".join(sorted(path(*table) for table in first))
        yield _finding(
            revision,
            "several-strong-locks",
            list(first.values())[1].line,
            f"locks {len(first)} tables against writing until its end: {names}",
            remedy="give each table a revision of its own",
            level=Level.WARNING,
        )


def _created(revision: LintedRevision) -> frozenset[tuple[str, str] | None]:
    return frozenset(statement.creates for statement in revision.statements)
