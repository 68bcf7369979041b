"""Names of tables as SQL writes them."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from models.base import SCHEMA_IN_SQL


def qualified_name(table: Table) -> str:
    """Return a table's name with its schema as SQL writes it, for any search_path."""
    quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
    return f"{quote(table.schema or SCHEMA_IN_SQL)}.{quote(table.name)}"
