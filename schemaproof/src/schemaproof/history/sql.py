"""The runner's SQL, kept in files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import TextClause


@cache
def query(name: str) -> TextClause:
    """Return one of the statements (``queries/NAME.sql``)."""
    # What reads with the driver alone needs no SQLAlchemy.
    from sqlalchemy import text

    statement = files("schemaproof.history.queries").joinpath(f"{name}.sql").read_text("utf-8")
    return text(statement.rstrip().removesuffix(";"))  # in a script Alembic adds its own
