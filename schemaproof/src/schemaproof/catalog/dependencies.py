"""Read the dependencies of the objects in scope, for repairs."""

from collections.abc import Mapping
from typing import Final

from schemaproof.catalog import catalog_parts
from schemaproof.catalog.catalog_queries import records
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.schema.dependencies import Dependency, Ref
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope

_DEFAULTS: Final = "pg_attrdef"


def read_dependencies(connection: AnyConnection, scope: Scope) -> tuple[Dependency, ...]:
    """Read the dependencies of objects in scope, within the current transaction, with our settings.

    Raises:
        SchemaChangedError: The schema changed during the read.
    """
    refs = dict(catalog_parts.find(connection, scope).refs())
    found = (
        (_ref(refs, row.on_catalog, row.on_oid, row.on_column), row)
        for row in records(connection, "dependencies")
    )
    return tuple(
        Dependency(
            _ref(refs, row.catalog, row.oid, row.column),
            on,
            row.described,
            is_column=row.column is not None and row.catalog != _DEFAULTS,
            of_partition=row.of_partition,
        )
        for on, row in found
        if on is not None
    )


def _ref(
    refs: Mapping[tuple[str, int], Ref], catalog: str, oid: int, column: str | None
) -> Ref | None:
    """Return the path of an object; None when it is not in scope."""
    whole = refs.get(("pg_class" if catalog == _DEFAULTS else catalog, oid))
    if whole is None or column is None:
        return whole
    kind = "default" if catalog == _DEFAULTS else "column"
    return Ref(kind, path(*whole.path.names, column))
