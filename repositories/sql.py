"""SQL that stands in files of its own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sqlalchemy import TextClause, text


@cache
def statement(package: str, name: str) -> TextClause:
    """Read ``name.sql`` of a package."""
    return text(files(package).joinpath(f"{name}.sql").read_text("utf-8"))
