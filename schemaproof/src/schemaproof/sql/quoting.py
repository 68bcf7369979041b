"""Names and texts as SQL writes them (PostgreSQL manual, section 4.1).

psycopg2 needs a connection to quote, and SQLAlchemy is not imported here.
"""

from __future__ import annotations


def name(*parts: str) -> str:
    """Return a qualified name, quoted."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def literal(value: str | None) -> str:
    """Return a text literal, or NULL."""
    if value is None:
        return "NULL"
    quoted = "'" + value.replace("'", "''") + "'"
    return quoted if "\\" not in value else "E" + quoted.replace("\\", "\\\\")
