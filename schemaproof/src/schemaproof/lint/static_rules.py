"""The linter's rules on a revision's file and its SQL, which need no database."""

import ast
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, TypeAlias

from postgast import pg_query_pb2 as pg

from schemaproof.history import data_loss
from schemaproof.lint import backfills
from schemaproof.lint.findings import LintFinding
from schemaproof.lint.lock_modes import BLOCKS_WRITES
from schemaproof.lint.relations import with_schema
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.statements import Statement, ends_transaction
from schemaproof.schema.paths import ObjectPath
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tokens import NotAnalysed

# These are the line and the message of each breach.
_Breaches: TypeAlias = Iterator[tuple[int, str]]
_ALLOWED: Final = frozenset({"alembic", "sqlalchemy", *sys.stdlib_module_names})
_SHOWN: Final = 3
_ONE_STEP: Final = (pg.AlterTableStmt, pg.CreateStmt, pg.LockStmt)


def lint(revision: LintedRevision) -> Iterator[LintFinding]:
    """Yield the findings of these rules about a revision."""
    module = ast.parse(revision.source)
    for rule, breaches in _RULES.items():
        for line, message in breaches(revision, module):
            yield revision.finding(rule, line, message)


def _unprintable(revision: LintedRevision, _: ast.Module) -> _Breaches:
    if revision.unprintable is not None:
        yield 1, revision.unprintable


def _not_analysed(revision: LintedRevision, _: ast.Module) -> _Breaches:
    for statement in revision.statements:
        if statement.sql and (why := statement.not_analysed) is not None:
            yield statement.line, f"not analysed, so what it locks is unknown: {why}"


def _downgrade(revision: LintedRevision, module: ast.Module) -> _Breaches:
    downgrade = _function(module, "downgrade")
    is_written = downgrade is not None and not all(map(_is_nothing, downgrade.body))
    is_changing = revision.statements if revision.changes is None else revision.changes
    if is_changing and not is_written:
        line = downgrade.lineno if downgrade else 1
        yield line, "the downgrade does not undo what the upgrade changes"


def _data_loss(revision: LintedRevision, _: ast.Module) -> _Breaches:
    lost = data_loss.lost_by_undo(revision.changes or ())
    if lost and revision.loses is None:
        yield 1, f"the downgrade loses the rows of {', '.join(lost[:_SHOWN])}"


def _imports(_: LintedRevision, module: ast.Module) -> _Breaches:
    for node in ast.walk(module):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "."]
            for name in names:
                if name.split(".")[0] not in _ALLOWED:
                    yield node.lineno, f"imports {name}: a change there changes the revision"


def _prints(_: LintedRevision, module: ast.Module) -> _Breaches:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
            yield node.lineno, "print writes into the script of --sql"


def _autocommit(revision: LintedRevision, module: ast.Module) -> _Breaches:
    outside = [one.line for one in revision.statements if not one.autocommit]
    is_mixed = 0 < len(outside) < len(revision.statements)
    # The SQL of a downgrade is not printed, so its Python source is read.
    downgrade = _function(module, "downgrade")
    body = [one for one in downgrade.body if not _is_nothing(one)] if downgrade else []
    blocks = [place for place, one in enumerate(body) if _is_autocommit_block(one)]
    before = [one.lineno for one in body[: max(blocks, default=0)] if _is_in_transaction(one)]
    for line in outside[:1] * is_mixed + before[:1]:
        yield line, "is outside autocommit_block, and is not undone when the block fails"


def _transaction_control(revision: LintedRevision, module: ast.Module) -> _Breaches:
    if revision.is_recorded:
        # The revision was recorded, so what it does is known and does not change.
        return
    found = {one.line: one.sql for one in revision.statements if one.ends_transaction}
    # The SQL of some functions, such as a downgrade, is not printed, so their Python source is
    # read.
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (sql := _ending_call(node)):
            found.setdefault(node.lineno, sql)
    for line, sql in found.items():
        yield line, f"{sql} ends the transaction of the revision"


def _ending_call(node: ast.Call) -> str | None:
    """Return how a call ends the transaction; None where it does not."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"commit", "rollback"}:
        return f"{ast.unparse(node.func)}()"
    texts = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return next((one for one in texts if isinstance(one, str) and _ends_transaction(one)), None)


def _ends_transaction(text: str) -> bool:
    try:
        return any(ends_transaction(one.tree) for one in sql_tree.statements(text))
    except NotAnalysed:
        return False


def _rows_and_schema(revision: LintedRevision, _: ast.Module) -> _Breaches:
    created = _created(revision)
    rows = [
        one
        for one in revision.statements
        if one.changes_rows and not any(with_schema(lock.table) in created for lock in one.locks)
    ]
    if rows and any(not one.changes_rows for one in revision.statements):
        message = (
            "changes rows in the transaction that changes the schema, so its locks last longer"
        )
        yield rows[0].line, message


def _several_locks(revision: LintedRevision, _: ast.Module) -> _Breaches:
    created = _created(revision)
    first: dict[ObjectPath, Statement] = {}
    for statement in revision.statements:
        for lock in () if statement.autocommit or _is_about_index(statement) else statement.locks:
            table = statement.columns.relations.whole(lock.table)
            if lock.is_named and lock.mode in BLOCKS_WRITES and table not in created:
                first.setdefault(table, statement)
    if len(first) > 1 and not any(_locks_all(one, first.keys()) for one in revision.statements):
        names = ", ".join(sorted(first))
        message = f"locks {len(first)} tables against writing until its end: {names}"
        yield list(first.values())[1].line, message


def _locks_all(statement: Statement, tables: Collection[ObjectPath]) -> bool:
    """Whether one statement needs all of the locks: a foreign key concerns two tables."""
    is_one = statement.not_analysed is None and isinstance(statement.tree, _ONE_STEP)
    whole = statement.columns.relations.whole
    return is_one and {whole(lock.table) for lock in statement.locks}.issuperset(tables)


def _is_about_index(statement: Statement) -> bool:
    """Whether a statement names no table, because it attaches an index to another."""
    tree = statement.tree if statement.not_analysed is None else None
    return isinstance(tree, pg.AlterTableStmt) and bool(tree.objtype == pg.OBJECT_INDEX)


def _unfilled(revision: LintedRevision, _: ast.Module) -> _Breaches:
    for statement in revision.statements:
        for column in backfills.unfilled(statement.sql):
            yield statement.line, f"no value is given for existing rows in {column}"


def _created(revision: LintedRevision) -> frozenset[ObjectPath | None]:
    return frozenset(statement.creates for statement in revision.statements)


def _function(module: ast.Module, name: str) -> ast.FunctionDef | None:
    functions = [one for one in module.body if isinstance(one, ast.FunctionDef)]
    return next((one for one in reversed(functions) if one.name == name), None)


def _is_nothing(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, (ast.Pass, ast.Raise))


def _is_autocommit_block(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.With) and any(
        "autocommit_block" in ast.unparse(item.context_expr) for item in statement.items
    )


def _is_in_transaction(statement: ast.stmt) -> bool:
    """Whether a statement runs in the revision's transaction: no block, backfill or constant."""
    if isinstance(statement, ast.Assign):
        return any(isinstance(node, ast.Call) for node in ast.walk(statement))
    branches = [*statement.body, *statement.orelse] if isinstance(statement, ast.If) else []
    if branches:
        return any(map(_is_in_transaction, branches))
    is_backfill = isinstance(statement, ast.Expr) and ".backfill(" in ast.unparse(statement)
    return not is_backfill and not _is_autocommit_block(statement)


_RULES: Final[Mapping[str, Callable[[LintedRevision, ast.Module], _Breaches]]] = {
    "sql-unknown": _unprintable,
    "sql-not-analysed": _not_analysed,
    "downgrade-missing": _downgrade,
    "data-loss-undeclared": _data_loss,
    "application-import": _imports,
    "print-call": _prints,
    "transaction-control": _transaction_control,
    "autocommit-not-alone": _autocommit,
    "data-with-schema": _rows_and_schema,
    "backfill-unfilled": _unfilled,
    "several-strong-locks": _several_locks,
}
