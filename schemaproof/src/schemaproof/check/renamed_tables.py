"""Tables of a shared schema that were renamed, so that the project does not know their names."""

from collections.abc import Iterable, Iterator

from schemaproof.catalog.catalog_queries import query_rows
from schemaproof.compare import Difference
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.schema.codes import RENAMED
from schemaproof.schema.database_objects import Relation, Snapshot
from schemaproof.schema.kinds import RELATIONS
from schemaproof.schema.scope import Scope

_MISSING = frozenset(kind.missing for kind in RELATIONS.values())
_RENAMED = frozenset(kind.code(RENAMED) for kind in RELATIONS.values())


def candidates(
    connection: AnyConnection,
    scope: Scope,
    expected: Snapshot,
    differences: Iterable[Difference],
) -> frozenset[tuple[str, str]]:
    """Return schema and name of each table that has all indexes of one that is missing.

    The name of an index is unique in a schema, and stays when its table is renamed.

    Args:
        connection: The database, within a transaction.
        scope: The schemas to look at, among them the shared ones.
        expected: The expected schema.
        differences: The differences of the database from the expected schema.
    """
    missing = {one.path.names for one in differences if one.code in _MISSING}
    return frozenset(
        (schema, name)
        for schema, table in _shared_tables(scope, expected)
        if table.indexes and (schema, table.name) in missing
        for name in _tables_with(connection, schema, {index.name for index in table.indexes})
    )


def renamed(differences: Iterable[Difference]) -> frozenset[tuple[str, str]]:
    """Return schema and actual name of the tables that a comparison found renamed."""
    return frozenset(
        (one.path.names[0], one.actual or "") for one in differences if one.code in _RENAMED
    )


def _shared_tables(scope: Scope, expected: Snapshot) -> Iterator[tuple[str, Relation]]:
    for schema in expected.schemas:
        if schema.name in scope.shared:
            yield from ((schema.name, relation) for relation in schema.relations)


def _tables_with(connection: AnyConnection, schema: str, indexes: set[str]) -> Iterator[str]:
    found = query_rows(connection, "tables_of_indexes", schema=schema, indexes=sorted(indexes))
    return (row["name"] for row in found if {*row["indexes"]} == indexes)
