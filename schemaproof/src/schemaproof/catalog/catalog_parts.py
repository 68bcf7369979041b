"""The parts of a snapshot, each with the queries that read it."""

from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from schemaproof.catalog import normalize
from schemaproof.catalog.catalog_queries import in_scope, is_in_scope, records, scope_parameters
from schemaproof.catalog.catalog_values import AccessOf, Record
from schemaproof.compare.parents import parent_and_bounds
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.schema.database_objects import Column, Constraint, DatabaseObject, Index
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.scope import Scope
from schemaproof.schema.values import SqlText


# There are no slots, because cached properties need a __dict__.
@dataclass(frozen=True)
class InScope:
    """The schemas and relations in scope; the other objects are found by their oids.

    Attributes:
        connection: The database to read.
        scope: The schemas and objects to read.
        schemas: Rows of the schemas that are there.
        relations: Rows of the relations.
    """

    connection: AnyConnection
    scope: Scope
    schemas: Rows[Record]
    relations: Rows[Record]

    def sequences(self) -> list[Record]:
        """Read the rows of the sequences."""
        # A sequence that belongs to a column is in scope if its table is.
        tables = {*self._relation_oids}
        return [
            row
            for row in records(self.connection, "sequences", schema_oids=self._schema_oids)
            if (row.owner in tables if row.owner else is_in_scope(self.scope, row.schema, row.name))
        ]

    def access(self, sequences: Rows[Record]) -> AccessOf:
        """Read owners and grants."""
        found = records(
            self.connection,
            "access",
            relations=self._relation_oids,
            sequences=_oids(sequences),
            schema_oids=self._schema_oids,
            **scope_parameters(self.scope),
        )
        return normalize.access(found)

    def columns(self, access: AccessOf) -> Mapping[int, tuple[Column, ...]]:
        """Read the columns, by table."""
        found = records(self.connection, "columns", relations=self._relation_oids)
        return normalize.columns(found, access)

    def constraints(self) -> Mapping[int, tuple[Constraint, ...]]:
        """Read the constraints, by table."""
        return normalize.constraints(
            records(self.connection, "constraints", relations=self._relation_oids)
        )

    def indexes(self) -> Mapping[int, tuple[Index, ...]]:
        """Read the indexes, by table."""
        return normalize.indexes(records(self.connection, "indexes", relations=self._relation_oids))

    def relation_objects(self, access: AccessOf) -> Mapping[int, tuple[DatabaseObject, ...]]:
        """Read the other objects of relations, by relation."""
        found = records(self.connection, "relation_objects", relations=self._relation_oids)
        return normalize.objects(found, "relation", access)

    def schema_objects(self, access: AccessOf) -> Mapping[str, tuple[DatabaseObject, ...]]:
        """Read the other objects of schemas, by schema."""
        return normalize.objects(self._schema_objects(), "schema", access)

    def _schema_objects(self) -> list[Record]:
        found = [
            row
            for name in ("routines", "types", "schema_objects")
            for row in records(self.connection, name, schema_oids=self._schema_oids)
        ]
        return in_scope(self.scope, found)

    def default_privileges(self) -> Mapping[str | None, tuple[DatabaseObject, ...]]:
        """Read default privileges, by schema; those of all schemas under None."""
        found = records(
            self.connection,
            "default_privileges",
            managed_oids=self._managed_oids,
            **scope_parameters(self.scope),
        )
        return normalize.default_privileges(found)

    def database_objects(self, access: AccessOf) -> tuple[DatabaseObject, ...]:
        """Read the objects that belong to no schema."""
        return normalize.database_objects(self._database_objects(), access)

    def _database_objects(self) -> list[Record]:
        own = self.scope.own
        # These tables are compared elsewhere, but they belong to the project, and no publication
        # may contain them.
        history = [self.scope.version_table, self.scope.ledger_table]
        looked_at = [name for name in history if name[0] in self.scope.schemas]
        found = records(
            self.connection,
            "database_objects",
            managed_oids=self._managed_oids,
            relations=self._relation_oids,
            history_schemas=[schema for schema, _ in looked_at],
            history_tables=[table for _, table in looked_at],
        )
        return [row for row in found if row.ours or own is None or (row.kind, row.name) in own]

    def refs(self) -> Iterator[tuple[tuple[str, int], Ref]]:
        """Read the objects in scope, by catalog and oid."""
        relations = {row.oid: path(row.schema, row.name) for row in self.relations}
        for oid, where in relations.items():
            yield ("pg_class", oid), Ref("relation", where)
        for row in self.sequences():
            yield ("pg_class", row.oid), Ref("sequence", path(row.schema, row.name))
        for row in records(self.connection, "indexes", relations=self._relation_oids):
            where = path(*relations[row.relation].names, row.name)
            yield ("pg_class", row.oid), Ref("index", where)
        for row in records(self.connection, "constraints", relations=self._relation_oids):
            where = path(*relations[row.relation].names, row.name)
            yield ("pg_constraint", row.oid), Ref(row.kind, where)
        for row in records(self.connection, "relation_objects", relations=self._relation_oids):
            where = relations[row.relation].within(row.name)
            yield (row.catalog, row.oid), Ref(row.kind, where)
        for row in self._schema_objects():
            yield (row.catalog, row.oid), Ref(row.kind, path(row.schema).within(row.name))
        for row in self._database_objects():
            yield (row.catalog, row.oid), Ref(row.kind, ObjectPath.in_no_schema(row.kind, row.name))

    @cached_property
    def _relation_oids(self) -> list[int]:
        return _oids(self.relations)

    @cached_property
    def _schema_oids(self) -> list[int]:
        return _oids(self.schemas)

    @cached_property
    def _managed_oids(self) -> list[int]:
        # In a scratch database every schema belongs to the project.
        return _oids([row for row in self.schemas if row.managed or self.scope.own is None])


def find(connection: AnyConnection, scope: Scope) -> InScope:
    """Find the objects that are in scope."""
    schemas = records(connection, "schemas", managed=[*scope.managed], shared=[*scope.shared])
    relations = records(connection, "relations", schema_oids=_oids(schemas))
    seen = [row for row in in_scope(scope, relations) if not _is_time_partition(scope, row)]
    return InScope(connection, scope, schemas, seen)


def _is_time_partition(scope: Scope, row: Record) -> bool:
    """Whether a relation is a partition by time of a table that the project declares."""
    if row.partition_of is None or not scope.partitioned:
        return False
    parent, _ = parent_and_bounds(SqlText((row.partition_of,)))
    return parent in {path(one.schema, one.name) for one in scope.partitioned}


def _oids(found: Rows[Any]) -> list[int]:
    return [row.oid for row in found]
