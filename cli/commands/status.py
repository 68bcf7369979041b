"""``monps-db status``."""

from __future__ import annotations

import click

from cli import exit_codes


@click.command("status", epilog=exit_codes.TABLE)
def command() -> None:
    """Show the database, its revision, what is pending, and the settings of the pool."""
    from sqlalchemy import text

    from cli.connection import connected
    from core import config
    from core.project import find_project
    from migrations.runner.check import applied_revisions
    from migrations.runner.history import load_history

    settings = config.get_settings()
    history = load_history(find_project())
    with connected() as connection:
        server_version = connection.scalar(text("SHOW server_version"))
        rows = applied_revisions(connection)
    unknown = [row for row in rows if row not in history.revisions]
    pending = [
        revision.id
        for revision in history.pending(None)
        if all(revision in history.pending(row) for row in rows)
    ]
    facts = {
        "database": settings.display_url,
        "server": f"PostgreSQL {server_version}",
        "revision": ", ".join(rows) or "none",
        "head": ", ".join(history.heads) or "none",
        "pending": "cannot be told" if unknown else ", ".join(pending) or "none",
        "pool": f"{settings.DB_POOL_SIZE} connections, {settings.DB_MAX_OVERFLOW} in overflow, "
        f"{settings.DB_POOL_TIMEOUT} s time-out, recycled after {settings.DB_POOL_RECYCLE} s",
    }
    for name, value in facts.items():
        click.echo(f"{name + ':':<10} {value}")
