"""Revisions → scratch database, without env.py: nothing is asked, recorded or printed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import DBAPIError

from schemaproof.connection.diagnostics import sqlstate_of
from schemaproof.errors import HistoryError, SchemaproofError
from schemaproof.scratch.choice import missing_extension_advice
from schemaproof.scratch.providers import find_providers


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
        connection: To a scratch database.
        script: The revisions.
        metadata: The models; their naming convention names constraints.
        target: A revision, as Alembic takes it.
        after_each: Called with the revision's id inside its transaction.

    Raises:
        HistoryError: A revision fails.
    """
    waiting: list[str] = []

    def steps(revision: Any, _: Any) -> list[Any]:
        found = [*script.iterate_revisions(target, revision, implicit_base=True)][::-1]
        waiting.extend(one.revision for one in found)
        return [MigrationStep.upgrade_from_script(script.revision_map, one) for one in found]

    def applied(**_: Any) -> None:
        after_each(waiting[0])
        del waiting[0]

    options = {
        "fn": steps,
        "target_metadata": metadata,
        "transaction_per_migration": True,
        "version_table_schema": "public",
        "on_version_apply": (applied,),
    }
    _run(MigrationContext.configure(connection, opts=options), waiting, target)


@contextmanager
def quiet_log() -> Iterator[None]:
    """Keep Alembic quiet: "Running upgrade" would be read as an upgrade of the target."""
    logger = logging.getLogger("alembic.runtime.migration")
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)


def _run(context: MigrationContext, waiting: list[str], target: str) -> None:
    """Run the migrations; name the revision that fails, which is the first of those that wait."""
    with Operations.context(context), quiet_log():
        try:
            context.run_migrations()
        except (SchemaproofError, CommandError):
            raise
        except RevisionError as error:
            raise CommandError(str(error)) from error
        except Exception as error:
            raise HistoryError(
                f"revision {waiting[0] if waiting else target} fails in a scratch database:"
                f" {first_line(error)}",
                remedy=_extension_advice(error)
                or "correct the revision; what is there before the first one belongs into"
                " scratch-sql of [tool.schemaproof]",
            ) from error


def _extension_advice(error: Exception) -> str | None:
    statement = error.statement if isinstance(error, DBAPIError) else None
    return missing_extension_advice(sqlstate_of(error), statement, find_providers())


def first_line(error: Exception) -> str:
    """Return what went wrong in one line, without the statement and its parameters."""
    if isinstance(error, DBAPIError):
        error = error.orig if isinstance(error.orig, Exception) else error
        return str(error).strip().partition("\n")[0]
    return " ".join(f"{type(error).__name__}: {error}".split())
