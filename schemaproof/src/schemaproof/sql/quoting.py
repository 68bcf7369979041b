"""Names and texts as SQL writes them; names are quoted by SQLAlchemy's dialect."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import IdentifierPreparer


def name(*parts: str) -> str:
    """Return a qualified name, quoted."""
    return ".".join(_preparer().quote_identifier(part) for part in parts)


@cache
def _preparer() -> IdentifierPreparer:
    # Not imported before something has to be quoted: it takes longer than a check in which all is
    # well.
    from sqlalchemy.dialects import postgresql

    # With the style of psycopg2 a % in a name would be doubled, and these statements stand as is.
    preparer: IdentifierPreparer = postgresql.dialect(paramstyle="named").identifier_preparer  # type: ignore[no-untyped-call]
    return preparer


def literal(value: str | None) -> str:
    """Return a text literal, or NULL."""
    if value is None:
        return "NULL"
    quoted = "'" + value.replace("'", "''") + "'"
    return quoted if "\\" not in value else "E" + quoted.replace("\\", "\\\\")
