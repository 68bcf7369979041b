"""Read the record of the audit for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemaproof.errors import DatabaseRefusedError, HistoryError
from schemaproof.program import command_line

if TYPE_CHECKING:
    from schemaproof.audit.commands import Chosen, RecordedCommand
    from schemaproof.connection.raw_sql import AnyConnection
    from schemaproof.project import Project


def recorded_commands(chosen: Chosen) -> tuple[RecordedCommand, ...]:
    """Read recorded commands of the target's database, the newest first.

    Raises:
        DatabaseRefusedError: There is no audit, this role may not read it, or reading it is unsafe.
    """
    from schemaproof.audit.commands import read_commands
    from schemaproof.audit.state import read_state
    from schemaproof.catalog.catalog import reading
    from schemaproof.cli.connection import connected_to_read, project
    from schemaproof.history.version_table import inspect_history

    here = project()
    with connected_to_read() as connection, reading(connection):
        state = read_state(connection)
        if state is None:
            raise DatabaseRefusedError(
                "no audit is installed here", remedy=f"install it: {command_line('audit install')}"
            )
        if not state.may_read:
            raise DatabaseRefusedError(
                "this role may not read what the audit has recorded",
                remedy=f"see why: {command_line('audit status')}",
            )
        history = inspect_history(connection, here.scope)
        return read_commands(connection, here.scope, history, chosen)


def require_head(connection: AnyConnection, project: Project) -> None:
    """Refuse a database that is not at the one head of the history.

    Raises:
        HistoryError: The database is at another revision, or the history has several heads.
    """
    from schemaproof.catalog.catalog import reading
    from schemaproof.history.history import load_history
    from schemaproof.history.version_table import read_history

    heads = load_history(project).heads
    with reading(connection):
        at = read_history(connection, project.scope).rows or ()
    if len(heads) > 1 or {*heads} != {*at}:
        raise HistoryError(
            f"the database is not at head: it is at {', '.join(at) or 'no revision'}, and the"
            f" history ends at {', '.join(heads) or 'none'}",
            remedy="merge the heads, and upgrade: alembic upgrade head",
        )
