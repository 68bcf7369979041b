"""The engine's own operations, written into a revision by Alembic's operations alone."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.render import render_op
from alembic.operations.ops import ExecuteSQLOp, MigrateOperation

from . import plain_batches
from .safe_steps import ORDINARY, Table

NAME_BYTES = 63
_DIGITS = 12


class Statement(ExecuteSQLOp):
    """A statement, and the one that undoes it.

    Attributes:
        sql: The statement.
        undo: The statement that undoes it.
        table: The table that it locks; None where it locks none.
        stage: The stage in which it runs.
    """

    def __init__(
        self, sql: str, undo: str, table: Table | None = None, stage: int = ORDINARY
    ) -> None:
        super().__init__(escaped(sql))
        self.sql = sql
        self.undo = undo
        self.table = table
        self.stage = stage

    def reverse(self) -> Statement:
        """Return the statement that undoes this one, and that this one undoes."""
        return Statement(self.undo, self.sql, self.table, self.stage)


class Statements(MigrateOperation):
    """Several statements, and those that undo them.

    Attributes:
        up: The statements.
        down: The statements that undo them, in the order in which they run.
        table: The table that they lock; None where they lock none.
        stage: The stage in which they run.
    """

    def __init__(
        self, up: tuple[str, ...], down: tuple[str, ...], table: Table | None, stage: int
    ) -> None:
        self.up = up
        self.down = down
        self.table = table
        self.stage = stage

    def reverse(self) -> Statements:
        """Return the statements that undo these, and that these undo."""
        return Statements(self.down, self.up, self.table, self.stage)


class NewConstraint(Statement):
    """A constraint that is added.

    Attributes:
        kind: The kind: ``check``, ``exclusion``, ``primary-key``, ``unique`` or ``foreign-key``.
        on: Its table as SQL writes it.
        name: Its name as SQL writes it.
        definition: The definition, which SQL writes after the name.
        referenced: The table that a foreign key refers to.
        locked: Every table that it locks.
    """

    def __init__(
        self,
        kind: str,
        table: Table,
        on: str,
        name: str,
        definition: str,
        referenced: Table | None = None,
    ) -> None:
        drop = f"ALTER TABLE {on} DROP CONSTRAINT {name}"
        super().__init__(f"ALTER TABLE {on} ADD CONSTRAINT {name} {definition}", drop, table)
        self.kind = kind
        self.on = on
        self.name = name
        self.definition = definition
        self.referenced = referenced
        self.locked = frozenset((table, referenced or table))


class DroppedConstraint(Statement):
    """A constraint that is dropped.

    Attributes:
        constraint: The constraint as it was.
    """

    def __init__(self, constraint: NewConstraint) -> None:
        super().__init__(constraint.undo, constraint.sql, constraint.table)
        self.constraint = constraint


class Backfill(MigrateOperation):
    """A backfill: rows get values in batches, each in a transaction of its own.

    Attributes:
        table: The table as SQL writes it.
        sets: The SET clause of the UPDATE, as SQL.
        where: The condition for the rows to change, as SQL; a changed row does not meet it.
    """

    def __init__(self, table: str, sets: str, where: str) -> None:
        self.table = table
        self.sets = sets
        self.where = where


class Concurrently(MigrateOperation):
    """Operations that are not run in the transaction of a revision.

    Attributes:
        ops: The operations.
    """

    def __init__(self, ops: list[Any]) -> None:
        self.ops = ops


def labels_committed(one: Statements) -> Concurrently:
    """Commit added labels, because no later statement of the same transaction may use them."""
    add, again = "ADD VALUE ", "ADD VALUE IF NOT EXISTS "
    return Concurrently([Statement(sql.replace(add, again, 1), "") for sql in one.up])


def short_name(name: str) -> str:
    """Return a name, shortened uniquely if PostgreSQL would truncate it."""
    if len(name.encode()) <= NAME_BYTES:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
    return f"{cut_name(name, NAME_BYTES - _DIGITS - 1)}_{digest}"


def cut_name(name: str, size: int = NAME_BYTES) -> str:
    """Return the beginning of a name that fits into a number of bytes."""
    return name.encode()[:size].decode("utf-8", "ignore")


def escaped(sql: str) -> str:
    """Return SQL for ``op.execute``, which would treat :name as a parameter."""
    return re.sub(r"(?<![:\w\\]):(?=\w+(?!:))", r"\\:", sql)


@renderers.dispatch_for(Statement)
def _statement(context: Any, one: Statement) -> list[str]:
    # Each line becomes a string of its own, because indenting the text would change the body of a
    # function.
    first, *more = [repr(line) for line in escaped(one.sql).splitlines(keepends=True)]
    if not more:
        return [f"{_prefix(context)}execute({first})"]
    return [f"{_prefix(context)}execute(", *("    " + line for line in (first, *more)), ")"]


@renderers.dispatch_for(Statements)
def _statements(context: Any, one: Statements) -> list[str]:
    return [f"{_prefix(context)}execute({escaped(sql)!r})" for sql in one.up]


@renderers.dispatch_for(Backfill)
def _backfill(context: Any, one: Backfill) -> list[str]:
    op = _prefix(context)
    module = op.rstrip(".") or "op"
    unfilled = ["# Replace NULL by the value that existing rows get, as SQL."]
    return [
        *(unfilled if one.sets.endswith(" = NULL") else ()),
        f"table = {escaped(one.table)!r}",
        f"set_ = {_quoted(one.sets)}",
        f"where = {_quoted(one.where)}",
        f'if hasattr({module}, "backfill"):  # where schemaproof runs it',
        f"    {op}backfill(table, set_=set_, where=where)",
        "else:",
        f"    with {op}get_context().autocommit_block():",
        f"        {op}execute(",
        *(f"            {line}" if line else "" for line in plain_batches.source()),
        "        )",
        # Alembic ends a block at an empty line, and two are open.
        *("", ""),
    ]


@renderers.dispatch_for(Concurrently)
def _concurrently(context: Any, one: Concurrently) -> list[str]:
    head = f"with {_prefix(context)}get_context().autocommit_block():"
    lines = [line for op in one.ops for line in render_op(context, op)]
    return [head, *lines, ""]  # An empty line ends the block.


def _quoted(sql: str) -> str:
    """Return SQL as a Python literal that its reader can edit."""
    text = escaped(sql).replace("\\", "\\\\")
    text = re.sub(r'"(?=""|$)', r"\"", text)  # Quotes that would end the string are escaped.
    return f'"""{text}"""'


def _prefix(context: Any) -> str:
    return context.opts["alembic_module_prefix"] or ""
