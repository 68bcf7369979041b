"""The SQL of this package, one file per question."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import TextClause


@cache
def query(name: str) -> TextClause:
    """Return a statement; its parameters are bound by name."""
    # What reads with the driver alone needs no SQLAlchemy.
    from sqlalchemy import text

    return text(files(__name__).joinpath(f"{name}.sql").read_text("utf-8"))
