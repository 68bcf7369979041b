"""Sessions of an application that does not know what a contract revision removes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from schemaproof.connection.raw_sql import rows
from schemaproof.history import application, revision_files
from schemaproof.history.history import History
from schemaproof.migrate import gate
from schemaproof.migrate.gate import Policy
from schemaproof.migrate.queries import SQL

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationInfo
    from sqlalchemy import Connection

    from schemaproof.history.application import Application


def refuse(
    connection: Connection, history: History, steps: Iterable[MigrationInfo], policy: Policy
) -> None:
    """Refuse contract revisions while older versions of the application are connected.

    Args:
        connection: The connection that migrates.
        history: All revisions.
        steps: The steps that the migration would run.
        policy: The policy of the gate.

    Raises:
        MigrationRefusedError: There are such sessions.
        ConfigurationError: A revision names no version.
    """
    needed = _needed(history, [step.up_revision_id or "" for step in steps if step.is_upgrade])
    if policy.lets_pass("sessions") or not needed:
        return
    found = rows(connection, SQL.for_driver("application_sessions"), {})
    old = [
        f"{row['sessions']} of {row['application_name']} before {least} ({revision})"
        for revision, least in needed.items()
        for row in found
        if least.is_older(row["application_name"] or "")
    ]
    gate.refuse_named("sessions", "older versions of the application are connected", old)


def _needed(history: History, revisions: Iterable[str]) -> Mapping[str, Application]:
    known = (history.revisions[one] for one in revisions if one in history.revisions)
    stated = ((one, revision_files.assigned(one.path, application.DECLARED)) for one in known)
    return {
        one.id: application.required(text, f"{application.DECLARED} in {one.path}")
        for one, text in stated
        if text is not None
    }
