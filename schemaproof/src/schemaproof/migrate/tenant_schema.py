"""The schema of a tenant, as the session that migrates it sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, text

from schemaproof.errors import ConfigurationError
from schemaproof.sql import quoting

_ASKED: Final = text(
    "SELECT pg_catalog.current_schema() AS current, EXISTS"
    " (SELECT FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) :name) AS is_there"
)


@contextmanager
def entered(connection: Connection, tenant: str | None) -> Iterator[str | None]:
    """Make a tenant's schema the default schema of Alembic and SQLAlchemy.

    Args:
        connection: The connection that migrates.
        tenant: The schema; None where there is no tenant.

    Yields:
        The ``search_path`` for revisions; None where the session's own is right.

    Raises:
        ConfigurationError: There is no such schema.
    """
    if tenant is None:
        yield None
        return
    within = connection.in_transaction()
    found = connection.execute(_ASKED, {"name": tenant}).mappings().one()
    if not within:
        connection.rollback()
    if not found["is_there"]:
        raise ConfigurationError(
            f"there is no schema {tenant!r} for the tenant",
            remedy=f"create it: CREATE SCHEMA {quoting.name(tenant)}",
        )
    dialect = connection.dialect
    before, dialect.default_schema_name = dialect.default_schema_name, tenant
    try:
        yield None if found["current"] == tenant else quoting.name(tenant)
    finally:
        dialect.default_schema_name = before
