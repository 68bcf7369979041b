"""The SQL of this package, one file per question."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sqlalchemy import TextClause, text


@cache
def query(name: str) -> TextClause:
    """Return a statement; its parameters are bound by name."""
    return text(files(__name__).joinpath(f"{name}.sql").read_text("utf-8"))
