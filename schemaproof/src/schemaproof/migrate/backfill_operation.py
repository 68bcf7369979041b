"""``op.backfill``: rows get values in batches, each a short transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alembic.operations import MigrateOperation, Operations
from alembic.runtime.migration import MigrationContext

from schemaproof.migrate import backfill, backfill_request
from schemaproof.probe.project_side import plain_batches
from schemaproof.sql import quoting


@Operations.register_operation("backfill")
class BackfillOp(MigrateOperation):
    """The operation that changes rows in batches.

    Attributes:
        table: The table, as SQL writes it.
        set_: The SET clause of the UPDATE.
        where: The condition for rows that still have to be changed.
        batch: The largest number of rows that a batch looks at.
    """

    def __init__(self, table: str, set_: str, where: str, batch: int) -> None:
        self.table = table
        self.set_ = set_
        self.where = where
        self.batch = batch

    @classmethod
    def backfill(
        cls,
        operations: Operations,
        table: str,
        *,
        set_: str | Mapping[str, str],
        where: str,
        batch: int = backfill_request.BATCH,
        schema: str | None = None,
    ) -> None:
        """Change rows in batches, by ranges of the primary key, while others read and write.

        Each batch is committed at once, so the revision must not do anything else. If it was
        interrupted, run the upgrade again: changed rows no longer fulfil ``where``, and the
        backfill continues at its last position. Without a primary key it uses a unique index of NOT
        NULL columns.

        Args:
            operations: Alembic's operations.
            table: The table, as SQL writes it (``shop.customer``); its plain name where a schema is
                given.
            set_: The SET clause of the UPDATE, without the word, or for each column the SQL of its
                value; written as for ``op.execute``.
            where: The condition for rows that still have to be changed, written as for
                ``op.execute``; a changed row must not fulfil it.
            batch: The largest number of rows in a batch; a batch has fewer if rows take long.
            schema: The schema.

        Raises:
            HistoryError: The table has no such key, a changed row still fulfils ``where``, or
                others write such rows as fast as they are changed.
        """
        if isinstance(set_, Mapping):
            set_ = ", ".join(f"{quoting.name(one)} = {value}" for one, value in set_.items())
        named = quoting.name(schema, table) if schema else table
        operations.invoke(cls(named, set_, where, backfill_request.positive(batch)))


@Operations.implementation_for(BackfillOp)
def _run(operations: Operations, one: BackfillOp) -> None:
    context: MigrationContext = operations.migration_context
    if context.as_sql:
        with context.autocommit_block():
            operations.execute(plain_batches.loop(one.table, one.set_, one.where))
        return
    options: Any = context.opts.get(backfill_request.OPTION) or backfill_request.Options()
    work = backfill_request.Work(one.table, one.set_, one.where, one.batch)
    backfill.run(context, work, options)
