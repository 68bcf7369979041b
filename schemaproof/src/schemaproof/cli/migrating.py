"""The commands ``upgrade`` and ``downgrade``: Alembic's commands, with a line for each revision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click

from schemaproof.cli import exit_codes, migration_progress, output
from schemaproof.connection.url_settings import UrlSettings
from schemaproof.errors import ConfigurationError
from schemaproof.output.documents import Document

if TYPE_CHECKING:
    from schemaproof.connection.target import ConnectionSettings
    from schemaproof.migrate.by_project import Asked, Done
    from schemaproof.project import Project

_WITHOUT_EFFECT: Final = (
    "--allow, --reason and --accept-data-loss had no effect: env.py does not call"
    " schemaproof.alembic.run_migrations, so nothing was asked before, and nothing is recorded"
)


def run(
    command: str,
    revision: str | None,
    *,
    sql: bool,
    tag: str | None,
    allowed: Sequence[str],
    reason: str | None,
    accept_data_loss: bool = False,
    is_expanding: bool = False,
) -> int:
    """Run one of Alembic's commands on the current project, and return the exit code.

    Args:
        command: ``upgrade``, ``downgrade`` or ``stamp``.
        revision: The revision, in any form that Alembic accepts; the project's target when None.
        sql: Whether to print the SQL instead of running it.
        tag: The tag that ``env.py`` reads.
        allowed: The refusals of the gate to override.
        reason: The reason for overriding them.
        accept_data_loss: Whether a downgrade may lose data.
        is_expanding: Whether an upgrade stops before the first revision that is ``contract``.
    """
    from schemaproof.cli.connection import target
    from schemaproof.history.revision_imports import load_importable
    from schemaproof.migrate import by_project, gate_overrides

    project, settings = target().project(), _settings()
    load_importable(project)
    overrides = gate_overrides.make_overrides(allowed, reason, accepts_data_loss=accept_data_loss)
    asked = by_project.Asked(command, "", sql=sql, tag=tag, overrides=overrides, debug=_debug())
    if isinstance(settings, UrlSettings):
        asked = replace(asked, url=settings.url, identity=None if sql else _identity())
    revisions = _revisions(project, revision, is_expanding=is_expanding)
    wanted = [replace(asked, revision=one) for one in revisions]
    done = _done(project, [*_up_to_the_squashed(project, asked), *wanted], settings)
    if sql:
        output.put(Document("".join(one.sql for one in done).removesuffix("\n")))
    is_done = sql or all(one.is_guarded for one in done)
    return exit_codes.OK if is_done else _compared(project, settings)


def _debug() -> bool:
    return bool(click.get_current_context().find_root().params["debug"])


def _settings() -> ConnectionSettings | None:
    """Return the settings of the database; None when only env.py knows them."""
    from schemaproof.cli.connection import target

    with suppress(ConfigurationError):
        return target().settings()
    return None


def _done(
    project: Project, wanted: Sequence[Asked], settings: ConnectionSettings | None
) -> list[Done]:
    """Run the steps in order; report when there was nothing to do or options had no effect."""
    from schemaproof.migrate import by_project
    from schemaproof.migrate.gate_overrides import GateOverrides

    with migration_progress.shown() as progress:
        done = [by_project.run(project, one, progress, settings) for one in wanted]
    if not progress.steps and not any(one.sql for one in wanted):
        output.say("nothing to do")
    if not all(one.is_guarded for one in done) and wanted[0].overrides != GateOverrides():
        output.say(_WITHOUT_EFFECT, err=True)
    return done


def _revisions(project: Project, revision: str | None, *, is_expanding: bool) -> Sequence[str]:
    """Return the target revisions in their order, in a form that Alembic accepts."""
    if is_expanding:
        return _before_contracts(project, revision)
    return [revision] if revision else project.target or ["head"]


def _before_contracts(project: Project, revision: str | None) -> list[str]:
    """Return the last revisions before any contract revision; report the others."""
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.cli.pending import pending_here
    from schemaproof.history import phases, tenants
    from schemaproof.history.history import load_history

    history = load_history(project)
    with connected_to_read() as connection:
        waiting = {
            one
            for each in tenants.projects(connection, project)
            for one in pending_here(connection, each, history, revision)
        }
    pending = [one for one in history.revisions if one in waiting]
    reached, left = phases.before_contracts(history, pending)
    if left:
        output.say(f"left for --phase contract: {', '.join(left)}")
    return reached


def _up_to_the_squashed(project: Project, asked: Asked) -> list[Asked]:
    """Return the steps from a squashed revision to the one that replaced it."""
    if asked.command != "upgrade" or not project.squashed().version_folder.is_dir():
        return []
    from schemaproof.catalog.catalog import reading
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.history import version_table
    from schemaproof.history.history import load_history

    with connected_to_read() as connection, reading(connection):
        rows = version_table.read_history(connection, project.scope).rows or ()
    into = load_history(project).squashed_into(rows)
    return [replace(asked, revision=into, is_squashed=True)] if into else []


def _identity() -> list[str]:
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.migrate.by_project import database_identity

    with connected_to_read() as connection:
        return database_identity(connection)


def _compared(project: Project, settings: ConnectionSettings | None) -> int:
    """Compare the database after an upgrade by a plain env.py, and report the result."""
    if settings is None:
        output.say("not compared: no database is named (--url, DATABASE_URL)")
        return exit_codes.OK
    from schemaproof.check.check import run_live
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.migrate.progress import report_lines

    with connected_to_read() as connection:
        report, heads = run_live(connection, project)
    for line in report_lines(report, heads):
        output.say(line)
    return exit_codes.for_report(report, strict=False) if report else exit_codes.OK


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that ``upgrade`` and ``downgrade`` share."""
    for option in (
        click.option("--reason", metavar="TEXT", help="Reason for --allow; the ledger records it."),
        click.option(
            "--allow",
            "allowed",
            multiple=True,
            metavar="GROUND",
            help="Continue despite drift, tampering, heads or lint; needs --reason. Repeatable.",
        ),
        click.option("--tag", metavar="TEXT", help="Tag that env.py reads, as --tag of alembic."),
        click.option("--sql", is_flag=True, help="Print the SQL; run nothing."),
    ):
        command = option(command)
    return command
