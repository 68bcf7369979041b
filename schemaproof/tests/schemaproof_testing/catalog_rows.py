"""Rows of the catalog queries, for tests."""

from collections import defaultdict
from typing import Any

from schemaproof.catalog import normalize
from schemaproof.catalog.catalog_values import Contents
from schemaproof.catalog.normalize import Parts
from schemaproof.schema.database_objects import Snapshot


class Row(dict[str, Any]):
    """A catalog row in which every column without a value is null."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name)


def access(catalog: str, oid: int, sub: int = 0, **values: Any) -> Row:
    return Row(catalog=catalog, oid=oid, sub=sub, **values)


def snapshot(**rows: Any) -> Snapshot:
    found = defaultdict(list, rows)
    held = normalize.access(found["access"])
    return normalize.snapshot(
        Parts(
            schemas=found["schemas"],
            relations=found["relations"],
            access=held,
            contents=Contents(
                columns=normalize.columns(found["columns"], held),
                constraints=normalize.constraints(found["constraints"]),
                indexes=normalize.indexes(found["indexes"]),
                objects=normalize.objects(found["relation_objects"], "relation", held),
            ),
            sequences=normalize.sequences(found["sequences"], held),
            schema_objects=normalize.objects(found["schema_objects"], "schema", held),
            default_privileges=normalize.default_privileges(found["default_privileges"]),
            database_objects=normalize.database_objects(found["database_objects"], held),
            major=rows.get("major"),
        )
    )
