"""The command ``status``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from schemaproof.cli import exit_codes, output

if TYPE_CHECKING:
    from schemaproof.history.history import History
    from schemaproof.project import Project


@click.command("status", epilog=exit_codes.TABLE)
@click.option("--tenant", metavar="SCHEMA", help="Show the revision of this tenant.")
def command(*, tenant: str | None) -> None:
    """Show the database, its revision and its pending revisions.

    Shows who connects, the settings of the pool and where scratch databases are made, too.
    """
    from schemaproof.catalog.catalog import reading
    from schemaproof.cli.connection import connected_to_read, target
    from schemaproof.cli.connection import project as find_project
    from schemaproof.connection import remedies
    from schemaproof.connection.raw_sql import is_of_driver, rows
    from schemaproof.history.history_tables import refuse_unsafe
    from schemaproof.history.revision_imports import load_importable
    from schemaproof.history.version_table import inspect_history
    from schemaproof.scratch import scratch

    here = target()
    described = here.described()
    project = find_project(tenant)
    history = load_importable(project)
    addresses = here.settings().addresses
    with connected_to_read() as connection, reading(connection):
        [shown] = rows(connection, "SHOW server_version")
        driver_connection: Any = connection
        if not is_of_driver(connection):
            driver_connection = connection.connection.driver_connection
        session, major = driver_connection.info, driver_connection.server_version // 10000
        place = f", at {remedies.address(session.host, session.port)}"
        found = inspect_history(connection, project.scope)
    refuse_unsafe(found.own, project.scope)
    facts = {
        **described,
        "server": f"PostgreSQL {shown['server_version']}{place if len(addresses) > 1 else ''}",
        **_revisions(history, found.rows),
        "pool": here.pool_described(),
        "scratch": scratch.described(replace(project, target_major=lambda: major)),
        "python": _python(project),
    }
    for name, value in facts.items():
        output.say(f"{name + ':':<10} {value}")


def _revisions(history: History, at: tuple[str, ...] | None) -> dict[str, str]:
    known = at is not None and all(map(history.knows, at))
    pending = [revision.id for revision in history.pending(*at or ())]
    return {
        "revision": "may not be read" if at is None else ", ".join(at) or "none",
        "head": ", ".join(history.heads) or "none",
        "pending": ", ".join(pending) or "none" if known else "unknown",
    }


def _python(project: Project) -> str:
    """Return the Python that runs the project's code, and the setting that names it."""
    from schemaproof.errors import ConfigurationError
    from schemaproof.history.project_code import project_interpreter

    try:
        found = project_interpreter(project)
    except ConfigurationError as error:
        return str(error)
    return f"{found.path} ({found.found_by})"
