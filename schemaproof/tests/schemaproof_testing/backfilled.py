"""Run ``op.backfill`` on a connection without a project."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from schemaproof.migrate import backfill_operation, backfill_request
from schemaproof.migrate.progress import Filled
from schemaproof.project import Project
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.servers import Database


@contextmanager
def operations(
    database: Database,
    project: Project | None = None,
    report: Callable[[Filled], None] = lambda _: None,
    **options: Any,
) -> Iterator[Any]:
    """Yield Alembic's operations in a transaction that is committed at the end of the block."""
    scope = project.scope if project else None
    given = replace(backfill_request.Options(scope=scope, report=report), **options)
    with unpooled_engine(database) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={backfill_request.OPTION: given})
        with context.begin_transaction(), Operations.context(context) as op:
            yield op


def printed(table: str, **change: Any) -> str:
    """Return the SQL that ``--sql`` prints for a backfill."""
    script = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": script},
    )
    with Operations.context(context) as op:
        backfill_operation.BackfillOp.backfill(op, table, **change)
    return script.getvalue()


def run_alone(database: Database, sql: str) -> None:
    """Run a statement outside of a transaction."""
    with closing(database.connect()) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql)
