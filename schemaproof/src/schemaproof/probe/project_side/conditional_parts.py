"""Parts of a table that ``ddl_if`` may exclude on PostgreSQL."""

from __future__ import annotations

from typing import Any


def is_created(part: Any) -> bool:
    """Whether SQLAlchemy creates a column or constraint with its table on PostgreSQL."""
    if getattr(part, "_ddl_if", None) is None:
        return True
    from sqlalchemy.dialects.postgresql import dialect

    made: Any = dialect
    compiler = made.ddl_compiler(made(), None)
    # The condition may be a function of the project, which only SQLAlchemy calls as documented.
    return bool(part._should_create_for_compiler(compiler))  # noqa: SLF001
