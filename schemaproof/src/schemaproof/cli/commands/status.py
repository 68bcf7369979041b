"""The command ``status``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from schemaproof.cli import exit_codes, output


@click.command("status", epilog=exit_codes.TABLE)
def command() -> None:
    """Show the database, its revision, what is pending, and the settings of the pool."""
    from sqlalchemy import text

    from schemaproof.cli.connection import connected, target
    from schemaproof.connection import remedies
    from schemaproof.history.history import load_history
    from schemaproof.history.history_tables import refuse_unsafe
    from schemaproof.history.version_table import inspect_history
    from schemaproof.scratch import scratch

    here = target()
    described = here.described()
    project = here.project()
    history = load_history(project)
    addresses = here.settings().addresses
    with connected() as connection:
        server_version = connection.scalar(text("SHOW server_version"))
        driver_connection: Any = connection.connection.driver_connection
        session, major = driver_connection.info, driver_connection.server_version // 10000
        place = f", at {remedies.address(session.host, session.port)}"
        found = inspect_history(connection, project)
    refuse_unsafe(found.own, project)
    rows = found.rows
    known = rows is not None and all(row in history.revisions for row in rows)
    pending = [revision.id for revision in history.pending(*rows or ())]
    facts = {
        **described,
        "server": f"PostgreSQL {server_version}{place if len(addresses) > 1 else ''}",
        "revision": "may not be read" if rows is None else ", ".join(rows) or "none",
        "head": ", ".join(history.heads) or "none",
        "pending": ", ".join(pending) or "none" if known else "cannot be told",
        "pool": here.pool_described(),
        "scratch": scratch.described(replace(project, target_major=lambda: major)),
    }
    for name, value in facts.items():
        output.say(f"{name + ':':<10} {value}")
