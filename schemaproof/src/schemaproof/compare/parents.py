"""The tables that a partition or a child inherits from."""

from schemaproof.schema.database_objects import Relation, Schema
from schemaproof.schema.paths import ObjectPath, listed_paths, path
from schemaproof.schema.values import SqlText


def parent_and_bounds(partition_of: SqlText) -> tuple[ObjectPath, str]:
    """Split the definition of a partition into parent and bounds."""
    text = str(partition_of)
    parent = next(iter(listed_paths(text)), ObjectPath(text))
    return parent, text.removeprefix(parent).strip()


def inherited_paths(relation: Relation) -> list[ObjectPath]:
    """Return the paths of the tables that a table names with INHERITS, in their order."""
    return listed_paths(relation.inherits or "")


def parent_relations(relation: Relation, schema: Schema) -> list[Relation]:
    """Return the parents of a relation, as far as they are in its schema."""
    names = inherited_paths(relation)
    if relation.partition_of is not None:
        names.append(parent_and_bounds(relation.partition_of)[0])
    if not names:
        return []
    by_path: dict[str, Relation] = {path(schema.name, one.name): one for one in schema.relations}
    return [by_path[name] for name in names if name in by_path]
