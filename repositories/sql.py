"""SQL that stands in files of its own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects import postgresql

from models.base import SCHEMA_IN_SQL


@cache
def statement(package: str, name: str) -> TextClause:
    """Read ``name.sql`` of a package."""
    return text(files(package).joinpath(f"{name}.sql").read_text("utf-8"))


def name_of(table: Table) -> str:
    """Return a table's name as SQL writes it, with its schema, whatever the search_path."""
    quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
    return f"{quote(table.schema or SCHEMA_IN_SQL)}.{quote(table.name)}"
