"""For ``env.py``: what Alembic runs for every command that needs the models or the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import context

from schemaproof.migrate import environment, error_boundary
from schemaproof.migrate.gate_overrides import make_overrides
from schemaproof.program import called

if TYPE_CHECKING:
    from schemaproof.connection.target import Target

__all__ = ["make_overrides", "run_migrations"]


def run_migrations(target: Target) -> None:
    """Run what Alembic was asked for: one migrator at a time, each revision checked.

    Args:
        target: The project, and how its database is reached.
    """
    with called(target.program), error_boundary.reported_errors(context.config, target):
        environment.run(context, target)
