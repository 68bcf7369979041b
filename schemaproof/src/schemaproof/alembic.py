"""The function ``run_migrations``, which ``env.py`` calls for each command of Alembic."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import context
from sqlalchemy import Connection, Engine

from schemaproof.migrate import (
    backfill_operation,  # noqa: F401 - op.backfill is there now
    environment,
    error_boundary,
)
from schemaproof.migrate.garbage_collection import collected_rarely
from schemaproof.migrate.gate_overrides import make_overrides
from schemaproof.migrate.given_target import GivenTarget
from schemaproof.probe.project_side.lock_safe import lock_safe
from schemaproof.program import called

if TYPE_CHECKING:
    from schemaproof.connection.target import Target

__all__ = ["lock_safe", "make_overrides", "run_migrations"]


def run_migrations(
    on: Target | Connection | Engine | None = None,
    *,
    schema: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    **options: Any,
) -> None:
    """Run an Alembic command: one migrator works at a time, and each result is checked.

    Args:
        on: The database: a connection or an engine of SQLAlchemy, of any driver (``await
            connection.run_sync(run_migrations, ...)`` with an asynchronous one), or a target; None
            in a script (``--sql``).
        schema: The schema of a tenant. It has its own lock, version table and ledger. It is
            compared with the schema ``tenant-schema`` (of pyproject.toml) in the snapshots. The
            ``search_path`` of the revisions begins with it. Not allowed together with a target.
        arguments: The arguments of the revisions' functions ``upgrade()`` and ``downgrade()``, as
            in ``context.run_migrations(**arguments)``.
        options: The options of ``context.configure``, such as ``target_metadata`` and
            ``include_object``.
    """
    target: Target
    if on is None or isinstance(on, (Connection, Engine)):
        version_table = options.get("version_table_schema"), options.get("version_table")
        folder = Path(context.script.dir).absolute()
        target = GivenTarget(on, folder, version_table, os.environ, tenant=schema)
    else:
        target = on
    with (
        called(target.program, target.variables),
        error_boundary.reported_errors(context.config, target),
        collected_rarely(),
    ):
        environment.run(context, target, options=options, arguments=arguments or {})
