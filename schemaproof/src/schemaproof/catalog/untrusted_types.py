"""Types whose values must not be compared or printed: that could run another role's code."""

from schemaproof.catalog.catalog_queries import query_rows
from schemaproof.connection.raw_sql import AnyConnection


def untrusted_types(connection: AnyConnection) -> list[int]:
    """Return the oids of types whose owner is neither trusted nor the current role.

    Args:
        connection: The connection to the database, within a transaction that sees pg_catalog alone.
    """
    return [row["oid"] for row in query_rows(connection, "untrusted_types")]
