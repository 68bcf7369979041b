"""The SQL of a revision, statement by statement, with the line of its file that it comes from."""

from __future__ import annotations

import io
import traceback
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script
from postgast import pg_query_pb2
from sqlalchemy import MetaData

from schemaproof.errors import HistoryError
from schemaproof.lint import locks
from schemaproof.lint.columns import UNKNOWN, Columns
from schemaproof.lint.lock_modes import Lock
from schemaproof.lint.locks import statement_locks
from schemaproof.lint.relations import with_schema
from schemaproof.schema.paths import ObjectPath
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tokens import NotAnalysed


@dataclass(frozen=True)  # without slots: its locks are kept
class Statement:
    """A statement.

    Attributes:
        sql: Its text, without the semicolon at the end.
        line: The line of the revision's file, from 1: where the text begins if it stands there as
            it is, else where it is executed.
        verbatim: Whether the text stands in the file as it is.
        autocommit: Whether it is executed outside of the revision's transaction.
        columns: What is known of the tables that are there.
    """

    sql: str
    line: int
    verbatim: bool
    autocommit: bool
    columns: Columns = field(default=UNKNOWN, repr=False)

    @cached_property
    def locks(self) -> tuple[Lock, ...]:
        """The locks that it takes on tables."""
        return statement_locks(self.sql, self.columns)

    @cached_property
    def tree(self) -> Any:
        """What PostgreSQL's parser makes of it.

        Raises:
            NotAnalysed: Nothing.
        """
        return sql_tree.statement(self.sql)

    @property
    def not_analysed(self) -> str | None:
        """Why the parser does not read it; None when it does."""
        try:
            self.tree  # noqa: B018 -- it is kept
        except NotAnalysed as error:
            return str(error)
        return None

    @property
    def changes_rows(self) -> bool:
        """Whether it is known to change rows."""
        return self.not_analysed is None and locks.changes_rows(self.tree)

    @property
    def ends_transaction(self) -> bool:
        """Whether it ends the transaction that it runs in."""
        return self.not_analysed is None and ends_transaction(self.tree)

    @property
    def creates(self) -> ObjectPath | None:
        """The table that it creates, with its schema."""
        table = locks.created_table(self.tree) if self.not_analysed is None else None
        return with_schema(table) if table else None


def ends_transaction(tree: Any) -> bool:
    """Whether a statement ends a transaction, or begins one; savepoints do not."""
    if type(tree).__name__ != "TransactionStmt":
        return False
    kind = pg_query_pb2.TransactionStmtKind.Name(tree.kind)
    return kind.removeprefix("TRANS_STMT_") not in {"SAVEPOINT", "RELEASE", "ROLLBACK_TO"}


def printed_statements(
    script: Script, metadata: MetaData, columns: Columns
) -> tuple[Statement, ...]:
    """Return what a revision's upgrade executes, without executing it.

    Args:
        script: The revision, as Alembic has loaded it.
        metadata: The models, for the names of constraints.
        columns: The schema around the revision.

    Raises:
        HistoryError: The upgrade asks the database something, or fails for another reason.
    """
    recorder = _Recorder(Path(script.path), columns)
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        opts={
            "as_sql": True,
            "literal_binds": True,
            "target_metadata": metadata,
            "output_buffer": io.StringIO(),
        },
    )
    implementation: Any = context.impl
    implementation.static_output = recorder.record
    implementation.emit_commit = recorder.leave_transaction
    implementation.emit_begin = recorder.enter_transaction
    try:
        with Operations.context(context):
            script.module.upgrade()
    except Exception as error:
        raise HistoryError(
            f"the SQL of revision {script.revision} cannot be printed"
            f" ({type(error).__name__}: {' '.join(str(error).split())})",
            remedy="ask the database in SQL (a DO block), not in Python",
        ) from error
    return tuple(recorder.statements)


class _Recorder:
    """Takes the place of Alembic's output."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self.statements: list[Statement] = []
        self._path = str(path)
        self._source = path.read_text("utf-8")
        self._columns = columns
        self._autocommit = False

    def record(self, text: str) -> None:
        """Take the statements of a text one by one; as a whole what is none, or not analysed."""
        try:
            found = [one.sql for one in sql_tree.statements(text)]
        except NotAnalysed:
            found = []
        for sql in found or [text.strip().rstrip(";").rstrip()]:
            self._record(sql)

    def _record(self, sql: str) -> None:
        found = self._source.find(sql)
        line = self._source.count("\n", 0, found) + 1 if found >= 0 else self._executing_line()
        made = Statement(sql, line, found >= 0, self._autocommit, self._columns)
        self.statements.append(made)

    def leave_transaction(self) -> None:
        self._autocommit = True

    def enter_transaction(self) -> None:
        self._autocommit = False

    def _executing_line(self) -> int:
        frames = traceback.walk_stack(None)
        lines = (line for frame, line in frames if frame.f_code.co_filename == self._path)
        return next(lines, 1)
