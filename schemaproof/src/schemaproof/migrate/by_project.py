"""Alembic's commands on the project's database, run by the project's own Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Final

from schemaproof.connection import remedies
from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.connection.target import ConnectionSettings
from schemaproof.errors import (
    ConfigurationError,
    DatabaseRefusedError,
    InterruptionError,
    ReportedError,
    SchemaproofError,
)
from schemaproof.history import refusals
from schemaproof.history.project_code import project_code
from schemaproof.migrate.gate_overrides import GateOverrides
from schemaproof.migrate.progress import Filled, Progress, Step
from schemaproof.probe.client import Probe, RefusedError
from schemaproof.probe.project_side.scratch_connections import IDENTITY
from schemaproof.project import Project

_REMEDY: Final = "correct the revision, or the env.py, that raised it"


@dataclass(frozen=True, slots=True)
class Asked:
    """The requested migration.

    Attributes:
        command: ``upgrade``, ``downgrade`` or ``stamp``.
        revision: The revision, in any form that Alembic accepts.
        sql: Whether the SQL is printed instead.
        tag: The tag that ``env.py`` reads.
        overrides: The refusals of the gate to override.
        url: The URL of the database, which env.py finds; None if env.py has its own.
        identity: The values that identify that database (:func:`database_identity`).
        debug: Whether tracebacks of the project's code are shown.
        is_squashed: Whether to use the old revisions, which ``squash`` has replaced by one.
    """

    command: str
    revision: str
    _: KW_ONLY
    sql: bool
    tag: str | None
    overrides: GateOverrides
    url: str | None = None
    identity: Sequence[Any] | None = None
    debug: bool = False
    is_squashed: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a migration.

    Attributes:
        is_guarded: Whether env.py lets schemaproof run it, which compares the schema after each
            step.
        sql: The SQL, if it was requested.
    """

    is_guarded: bool
    sql: str


def database_identity(connection: AnyConnection) -> list[str]:
    """Return the values that identify a database: its server, its oid and its name."""
    [found] = rows(connection, IDENTITY)
    return [str(value) for value in found.values()]


def run(
    project: Project, asked: Asked, progress: Progress, settings: ConnectionSettings | None
) -> Done:
    """Run one of Alembic's commands through the project's own env.py.

    Args:
        project: The project to migrate.
        asked: The requested migration.
        progress: The object that receives reports of each step.
        settings: The settings of the database, for advice; None where no database is named.

    Raises:
        InterruptionError: The migration was interrupted; uncommitted changes are rolled back.
        ReportedError: The engine, in the project's Python, refuses or fails.
        SchemaproofError: Alembic, env.py or the server refuses or fails.
    """
    given = {
        "command": asked.command,
        "revision": asked.revision,
        "sql": asked.sql,
        "tag": asked.tag,
        "x": [*_as_arguments(asked.overrides)],
        "url": asked.url,
        "identity": asked.identity and [*asked.identity],
        "debug": asked.debug,
        "versions": str(project.squashed().version_folder) if asked.is_squashed else None,
    }
    with Probe(project_code(project), told=lambda event: _tell(progress, event)) as probe:
        try:
            found = probe.ask("migrate", **given)
        except RefusedError as error:
            raise _failure(error, settings) from error
    return Done(found["is_guarded"], found["sql"])


def _as_arguments(overrides: GateOverrides) -> list[str]:
    """Return the overrides as arguments of ``alembic -x``."""
    given = [f"allow={ground}" for ground in sorted(overrides.allowed)]
    if overrides.reason is not None:
        given.append(f"reason={overrides.reason}")
    return [*given, *(["accept-data-loss=true"] if overrides.accepts_data_loss else [])]


def _tell(progress: Progress, event: dict[str, Any]) -> None:
    if "printed" in event:
        progress.say(event["printed"])
    elif "planned" in event:
        progress.planned([Step(**step) for step in event["planned"]])
    elif "started" in event:
        progress.started(Step(**event["started"]))
    elif "filled" in event:
        progress.filled(Filled(**event["filled"]))
    else:
        progress.done(Step(**event["done"]), event["lines"], event["seconds"])


def _failure(error: RefusedError, settings: ConnectionSettings | None) -> SchemaproofError:
    if error.kind == "interrupted":
        return InterruptionError("interrupted")
    if error.kind == "told":
        return ReportedError(error.message, exit_code=error.details["exit_code"])
    if error.kind == "elsewhere":
        return ConfigurationError(
            error.message, remedy="have env.py use sqlalchemy.url of Alembic's configuration"
        )
    if (missing := refusals.engine_missing(error)) is not None:
        return missing
    message = refusals.plain(error)
    if (sqlstate := error.details.get("sqlstate")) is not None:
        remedy = remedies.server_remedy(sqlstate, settings, is_connecting=False) if settings else ""
        return DatabaseRefusedError(message, remedy=remedy, sqlstate=sqlstate)
    is_of_alembic = message != error.message
    return SchemaproofError(message, remedy="" if is_of_alembic else _REMEDY)
