"""The SQL of a revision, statement by statement, with the line of its file that it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from postgast import pg_query_pb2

from schemaproof.history.probe_results import PrintedStatement
from schemaproof.lint import locks
from schemaproof.lint.columns import UNKNOWN, Columns
from schemaproof.lint.lock_modes import Lock
from schemaproof.lint.locks import statement_locks
from schemaproof.lint.relations import SEARCHED, with_schema
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tokens import NotAnalysed


# There are no slots, because the locks are cached in the __dict__.
@dataclass(frozen=True)
class Statement:
    """A statement of a revision.

    Attributes:
        sql: The text of the statement, without the semicolon at the end.
        line: The line of the revision's file, from 1: the line where the text begins if the file
            contains it verbatim, else the line that executes it.
        verbatim: Whether the file contains the text verbatim.
        autocommit: Whether the statement is executed outside of the revision's transaction.
        columns: The columns of existing tables.
        searched: The schema of tables that are named without one; locks name it unless it is the
            usual one.
    """

    sql: str
    line: int
    verbatim: bool
    autocommit: bool
    columns: Columns = field(default=UNKNOWN, repr=False)
    searched: str = SEARCHED

    @cached_property
    def locks(self) -> tuple[Lock, ...]:
        """The locks that it takes on tables."""
        found = statement_locks(self.sql, self.columns)
        if self.searched == SEARCHED:
            return found
        return tuple(replace(one, table=self.there(one.table)) for one in found)

    @cached_property
    def tree(self) -> Any:
        """The parse tree of the statement.

        Raises:
            NotAnalysed: The parser cannot read the statement.
        """
        return sql_tree.statement(self.sql)

    @property
    def not_analysed(self) -> str | None:
        """The reason why the parser cannot read the statement; None when it can."""
        try:
            self.tree  # noqa: B018 -- it is kept
        except NotAnalysed as error:
            return str(error)
        return None

    @property
    def changes_rows(self) -> bool:
        """Whether the statement is known to change rows."""
        return self.not_analysed is None and locks.changes_rows(self.tree)

    @property
    def ends_transaction(self) -> bool:
        """Whether a statement ends the transaction that it runs in."""
        return self.not_analysed is None and ends_transaction(self.tree)

    @property
    def creates(self) -> ObjectPath | None:
        """The table that it creates, with its schema."""
        table = locks.created_table(self.tree) if self.not_analysed is None else None
        return self.there(with_schema(table)) if table else None

    def there(self, table: ObjectPath) -> ObjectPath:
        """Return a table in the schema that is searched."""
        if not table or with_schema(table).names[0] != SEARCHED:
            return table
        return path(self.searched, table.names[-1])


def ends_transaction(tree: Any) -> bool:
    """Whether a statement ends a transaction, or begins one; savepoints do not."""
    if type(tree).__name__ != "TransactionStmt":
        return False
    kind = pg_query_pb2.TransactionStmtKind.Name(tree.kind)
    return kind.removeprefix("TRANS_STMT_") not in {"SAVEPOINT", "RELEASE", "ROLLBACK_TO"}


def read_statements(
    printed: Iterable[PrintedStatement],
    source: str,
    columns: Columns,
    searched: str = SEARCHED,
) -> tuple[Statement, ...]:
    """Return the statements that a revision's upgrade executes.

    Args:
        printed: The statements that Alembic prints for the revision.
        source: The text of the revision's file.
        columns: The schema around the revision.
        searched: The schema of tables that are named without one.
    """
    placed = (_placed(sql, one, source, columns) for one in printed for sql in _separated(one.sql))
    return tuple(replace(one, searched=searched) for one in placed)


def _separated(text: str) -> list[str]:
    """Split a text into statements; a text that cannot be analysed stays whole."""
    try:
        found = [one.sql for one in sql_tree.statements(text)]
    except NotAnalysed:
        found = []
    return found or [text.strip().rstrip(";").rstrip()]


def _placed(sql: str, printed: PrintedStatement, source: str, columns: Columns) -> Statement:
    found = source.find(sql)
    line = source.count("\n", 0, found) + 1 if found >= 0 else printed.line
    return Statement(sql, line, found >= 0, printed.autocommit, columns)
