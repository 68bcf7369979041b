"""Alembic's commands on a scratch database, through the project's own env.py."""

from __future__ import annotations

from typing import Any

from . import configuring
from .environment import Environment


def upgrade(environment: Environment, *, place: dict[str, str], revision: str) -> Any:
    """Apply revisions, up to one, and return where Alembic keeps the revision."""
    from alembic import command

    environment.connections.go_to(place)
    environment.hand_over_script()
    table = configuring.VersionTable()
    configuring.extend(table)
    config = environment.config(command.upgrade, revision=revision)
    with environment.application():
        command.upgrade(config, revision)
    environment.connections.require_connection()
    return table.name


def downgrade(environment: Environment, *, place: dict[str, str], revision: str) -> None:
    """Undo revisions, down to one."""
    from alembic import command

    environment.connections.go_to(place)
    environment.hand_over_script()
    config = environment.config(command.downgrade, revision=revision)
    with environment.application():
        command.downgrade(config, revision)
    environment.connections.require_connection()


def write(
    environment: Environment,
    *,
    place: dict[str, str] | None,
    options: dict[str, Any],
    changes: list[dict[str, Any]],
) -> dict[str, Any] | None:
    """Write a revision's file; the changes that are asked for, where there is a database.

    Returns:
        The file, and what its reader has to look at; None when nothing is to be done.
    """
    from alembic import command

    environment.connections.go_to(place)
    if place is None:
        config = environment.config(command.revision, **options)
        written: Any = command.revision(config, **options)
        return {"path": str(written.path), "notes": []} if written else None
    from . import autogenerate

    asked = {**options, "autogenerate": True, "sql": False}
    config = environment.config(command.revision, **asked)
    with environment.application():
        made = autogenerate.generate(config, asked, changes)
    environment.connections.require_connection()
    return made
