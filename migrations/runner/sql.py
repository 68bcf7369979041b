"""The runner's SQL, kept in files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sqlalchemy import TextClause, text


@cache
def query(name: str) -> TextClause:
    """Return one of the statements (``queries/NAME.sql``)."""
    statement = files("migrations.runner.queries").joinpath(f"{name}.sql").read_text("utf-8")
    return text(statement.rstrip().removesuffix(";"))  # in a script Alembic adds its own
