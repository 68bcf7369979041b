"""Revisions → scratch database, without env.py: nothing is asked, recorded or printed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import DBAPIError

from core.errors import HistoryError, MonpsError


def upgrade_scratch(
    connection: Connection,
    script: ScriptDirectory,
    metadata: MetaData,
    *,
    target: str = "heads",
    after_each: Callable[[str], None] = lambda _: None,
) -> None:
    """Apply the revisions up to a target, each in a transaction of its own.

    Args:
        connection: A connection to a scratch database.
        script: The revisions.
        metadata: The models; constraints without a name get one from its naming convention, as in
            an upgrade of the target.
        target: A revision, or a name that Alembic knows for one.
        after_each: Called with the revision's id inside its transaction.

    Raises:
        HistoryError: A revision fails.
    """
    waiting: list[str] = []

    def steps(revision: Any, _: Any) -> list[Any]:
        # The documented way to run revisions without a command (EnvironmentContext).
        found = script._upgrade_revs(target, revision)  # noqa: SLF001
        waiting.extend(step.revision.revision for step in found)
        return found

    def applied(*, step: Any, **_: Any) -> None:
        after_each(step.up_revision_id)
        waiting.remove(step.up_revision_id)

    context = MigrationContext.configure(
        connection,
        opts={
            "fn": steps,
            "target_metadata": metadata,
            "transaction_per_migration": True,
            "version_table_schema": "public",
            "on_version_apply": (applied,),
        },
    )
    with _operations(context), _unannounced():
        try:
            context.run_migrations()
        except (MonpsError, CommandError):
            raise
        except Exception as error:
            raise HistoryError(
                f"revision {waiting[0] if waiting else target} fails in a scratch database:"
                f" {first_line(error)}",
                remedy="correct the revision; what is there before the first one belongs into"
                " scratch-sql of [tool.monps-db]",
            ) from error


def first_line(error: Exception) -> str:
    """Return what went wrong in one line, without the statement and its parameters."""
    if isinstance(error, DBAPIError):
        error = error.orig if isinstance(error.orig, Exception) else error
        return str(error).strip().partition("\n")[0]
    return " ".join(f"{type(error).__name__}: {error}".split())


@contextmanager
def _operations(context: MigrationContext) -> Iterator[None]:
    """Be what ``op`` means in a revision, and give it back to a migration that is under way."""
    before = vars(op).get("_proxy")
    with Operations.context(context):
        yield
    if before is not None:
        before._install_proxy()  # noqa: SLF001 - Alembic forgets who had it


@contextmanager
def _unannounced() -> Iterator[None]:
    """Keep quiet about it: "Running upgrade" would be read as an upgrade of the target."""
    logger = logging.getLogger("alembic.runtime.migration")
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)
