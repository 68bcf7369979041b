"""Repair the storage and the row security of a relation, and its parents."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from schemaproof.compare.parents import inherited_paths, parent_and_bounds
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import ddl
from schemaproof.schema.database_objects import Relation
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.values import SqlText
from schemaproof.sql import quoting

_NOT_REPLICATED: Final = frozenset({"view", "foreign table"})
_ROW_SECURITY: Final = {
    None: ("DISABLE", "NO FORCE"),
    "enabled": ("ENABLE", "NO FORCE"),
    "enabled and forced": ("ENABLE", "FORCE"),
    "forced, but not enabled": ("DISABLE", "FORCE"),
}


def alter_relation(
    schema: str, wanted: Relation, found: Relation, made: frozenset[ObjectPath] = frozenset()
) -> Iterator[Step]:
    """Yield the steps that change the attributes of an existing relation.

    Args:
        schema: Its schema.
        wanted: The expected one.
        found: The actual one.
        made: Its constraints and indexes that are created again.
    """
    where = path(schema, wanted.name)
    kind = wanted.kind.upper() if wanted.kind in {"view", "materialized view"} else "TABLE"
    table = quoting.name(schema, wanted.name)
    alter = f"ALTER {kind} {table}"
    if wanted.populated and not found.populated:
        yield Step(where, Phase.CREATE_OBJECTS, f"REFRESH MATERIALIZED VIEW {table}")
    for clause in (*_storage(wanted, found), *ddl.changed_options(wanted.options, found.options)):
        yield Step(where, Phase.ALTER_RELATIONS, f"{alter} {clause}")
    for statement in (*_partition(table, wanted, found), *_parents(alter, wanted, found)):
        yield Step(where, Phase.ALTER_RELATIONS, statement)
    index = (wanted.replica_identity or "").partition("index ")[2]
    if index and where.within(index) in made:
        # Dropping the index has reset the replica identity.
        found = replace(found, replica_identity=None)
    for clause in _protection(wanted, found):
        yield Step(where, Phase.ALTER_OBJECTS, f"{alter} {clause}")


def _storage(wanted: Relation, found: Relation) -> Iterator[str]:
    if wanted.persistence != found.persistence:
        yield f"SET {(wanted.persistence or 'logged').upper()}"
    if wanted.access_method != found.access_method:
        yield f"SET ACCESS METHOD {quoting.name(wanted.access_method or 'heap')}"
    if wanted.tablespace != found.tablespace:
        yield f"SET TABLESPACE {quoting.name(wanted.tablespace or 'pg_default')}"


def _protection(wanted: Relation, found: Relation) -> Iterator[str]:
    if wanted.row_security != found.row_security:
        enable, force = _ROW_SECURITY[wanted.row_security]
        yield f"{enable} ROW LEVEL SECURITY"
        yield f"{force} ROW LEVEL SECURITY"
    if wanted.kind not in _NOT_REPLICATED and wanted.replica_identity != found.replica_identity:
        yield f"REPLICA IDENTITY {_identity(wanted.replica_identity)}"


def _identity(identity: str | None) -> str:
    kind, _, index = (identity or "default").partition(" ")
    return f"USING INDEX {index}" if index else kind.upper()


def _partition(table: str, wanted: Relation, found: Relation) -> Iterator[str]:
    """Detach a partition, and attach it where it is expected."""
    if _same(wanted.partition_of, found.partition_of):
        return
    if found.partition_of is not None:
        parent, _ = parent_and_bounds(found.partition_of)
        yield f"ALTER TABLE {parent} DETACH PARTITION {table}"
    if wanted.partition_of is not None:
        parent, bounds = parent_and_bounds(wanted.partition_of)
        yield f"ALTER TABLE {parent} ATTACH PARTITION {table} {bounds}"


def _parents(alter: str, wanted: Relation, found: Relation) -> Iterator[str]:
    if wanted.inherits != found.inherits:
        before, after = inherited_paths(found), inherited_paths(wanted)
        yield from (f"{alter} NO INHERIT {parent}" for parent in before if parent not in after)
        yield from (f"{alter} INHERIT {parent}" for parent in after if parent not in before)
    if wanted.of_type != found.of_type:
        yield f"{alter} OF {wanted.of_type}" if wanted.of_type else f"{alter} NOT OF"


def _same(one: SqlText | None, other: SqlText | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.same_as(other)
