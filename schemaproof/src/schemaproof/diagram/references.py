"""The references in a schema: foreign keys, parents of partitions and children, types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from schemaproof.compare.parents import inherited_paths, parent_and_bounds
from schemaproof.schema.database_objects import Constraint, Relation, Snapshot
from schemaproof.schema.kinds import CONSTRAINTS
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql import sql_tree

FOREIGN_KEY: Final = CONSTRAINTS["foreign-key"].name
PRIMARY_KEY: Final = CONSTRAINTS["primary-key"].name
PARTITION: Final = "partition"
INHERITANCE: Final = "inheritance"
TYPE: Final = "type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference from one object to another.

    Attributes:
        kind: ``foreign-key``, ``partition``, ``inheritance`` or ``type``.
        name: The name of a foreign key; for a type, the name of the column.
        source: The table that refers.
        columns: The columns of the source that refer.
        target: The object that is referred to.
        target_columns: The columns of the target that are referred to.
        optional: Whether a row need not refer to anything.
        unique: Whether no two rows refer to the same row.
        definition: The statement of the constraint.
    """

    kind: str
    source: ObjectPath
    target: ObjectPath
    name: str = ""
    columns: tuple[str, ...] = ()
    target_columns: tuple[str, ...] = ()
    optional: bool = False
    unique: bool = False
    definition: str = ""

    @property
    def path(self) -> ObjectPath:
        """The path of the foreign key."""
        return path(*self.source.names, self.name)


def references(snapshot: Snapshot) -> Iterator[Reference]:
    """Yield all references of a schema, those from a table in the order of their names."""
    types = {
        str(path(schema.name, one.name)): path(schema.name, one.name)
        for schema in snapshot.schemas
        for one in schema.objects
        if one.kind == "enum"
    }
    for source, relation in snapshot.all_relations():
        for constraint in relation.constraints:
            if constraint.kind == FOREIGN_KEY:
                yield from foreign_key(source, constraint, relation)
        yield from _parents(source, relation)
        for column in relation.columns:
            if (target := types.get(column.type.removesuffix("[]"))) is not None:
                yield Reference(
                    kind=TYPE,
                    name=column.name,
                    source=source,
                    columns=(column.name,),
                    target=target,
                )


def foreign_key(
    source: ObjectPath, constraint: Constraint, relation: Relation | None = None
) -> Iterator[Reference]:
    """Yield the reference that a foreign key makes; nothing if its definition cannot be parsed.

    Args:
        source: The table that has the key.
        constraint: The key.
        relation: The table with its columns and constraints, if known.
    """
    definition = str(constraint.definition)
    read = _read_key(definition)
    if read is None:
        return
    target, columns, target_columns = read
    of_table = {one.name: one for one in relation.columns} if relation else {}
    yield Reference(
        kind=FOREIGN_KEY,
        name=constraint.name,
        source=source,
        columns=columns,
        target=target,
        target_columns=target_columns,
        optional=any(of_table[one].nullable for one in columns if one in of_table),
        unique=relation is not None and {*columns} in unique_columns(relation),
        definition=definition,
    )


@sql_tree.unless_analysed(otherwise=None)
def _read_key(definition: str) -> tuple[ObjectPath, tuple[str, ...], tuple[str, ...]] | None:
    key = _constraint(definition)
    if not key.fk_attrs:
        return None
    names = [key.pktable.schemaname, key.pktable.relname]
    columns, target_columns = (
        tuple(one.string.sval for one in attributes) for attributes in (key.fk_attrs, key.pk_attrs)
    )
    return path(*(name for name in names if name)), columns, target_columns


def primary_key(relation: Relation) -> tuple[str, ...]:
    """Return the columns of the primary key; none without one."""
    keys = (one for one in relation.constraints if one.kind == PRIMARY_KEY)
    return next((key_columns(str(one.definition)) for one in keys), ())


def unique_columns(relation: Relation) -> list[set[str]]:
    """Return the sets of columns that are unique together by a constraint."""
    unique = (one for one in relation.constraints if one.kind in {PRIMARY_KEY, "unique"})
    keys = ({*key_columns(str(one.definition))} for one in unique)
    return [one for one in keys if one]


@sql_tree.unless_analysed(otherwise=())
def key_columns(definition: str) -> tuple[str, ...]:
    """Return the columns of a primary key or a unique constraint."""
    return tuple(one.string.sval for one in _constraint(definition).keys)


def _constraint(definition: str) -> Any:
    """Return the parse tree of a constraint; a tree without columns for any other text."""
    read = sql_tree.statements(f"ALTER TABLE x ADD {definition}")
    command = read[0].tree.cmds[0].alter_table_cmd
    return getattr(command, "def").constraint


def _parents(source: ObjectPath, relation: Relation) -> Iterator[Reference]:
    if relation.partition_of is not None:
        parent, bounds = parent_and_bounds(relation.partition_of)
        yield Reference(kind=PARTITION, source=source, target=parent, definition=bounds)
    for parent in inherited_paths(relation):
        yield Reference(kind=INHERITANCE, source=source, target=parent)
