"""How the tables of a schema depend on each other: partitions, children, foreign keys. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from schemaproof.schema.database_objects import Constraint, Relation, Snapshot
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.scope import USUAL_SCHEMA
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tree import relation, texts, unless_analysed

SEARCHED: Final = USUAL_SCHEMA
"""The schema of the search_path in which a revision runs, unless it runs for a tenant."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key between two tables.

    Attributes:
        table: The table that has the foreign key, with its schema.
        name: The name of the foreign key.
        columns: The columns of the table.
        referenced: The table that the key refers to, with its schema.
        keys: The columns of the referenced table.
        is_inherited: Whether the key belongs to the partitioned table of which the table is a
            partition.
    """

    table: ObjectPath
    name: str
    columns: frozenset[str]
    referenced: ObjectPath
    keys: frozenset[str]
    is_inherited: bool


class Relations:
    """The tables of one or several snapshots of a schema."""

    def __init__(self, snapshots: Iterable[Snapshot]) -> None:
        """Read the snapshots; a table in several of them is taken from the first."""
        self._by_name: dict[ObjectPath, Relation] = {}
        self._children: defaultdict[ObjectPath, list[ObjectPath]] = defaultdict(list)
        self._partitioned_table: dict[ObjectPath, ObjectPath] = {}
        self._default: dict[ObjectPath, ObjectPath] = {}
        self.foreign_keys: list[ForeignKey] = []
        for snapshot in snapshots:
            for name, one in snapshot.all_relations():
                if name not in self._by_name:
                    self._by_name[name] = one
                    self._read(name, one)

    def _read(self, name: ObjectPath, one: Relation) -> None:
        for parent, is_partition, is_default in _parents(one):
            self._children[parent].append(name)
            if is_partition:
                self._partitioned_table[name] = parent
            if is_default:
                self._default[parent] = name
        keys = (_foreign_key(name, it) for it in one.constraints if it.kind == "foreign-key")
        self.foreign_keys += filter(None, keys)

    def get(self, table: ObjectPath) -> Relation | None:
        """Return a table by its name in a statement; None when it is unknown."""
        return self._by_name.get(with_schema(table))

    def is_partitioned(self, table: ObjectPath) -> bool:
        """Whether a table has partitions, or may have some."""
        found = self.get(table)
        return found is not None and found.partition_key is not None

    def is_partitioned_index(self, index: ObjectPath) -> bool:
        """Whether an index belongs to a partitioned table."""
        schema, name = with_schema(index).names
        return any(
            table.names[0] == schema and name in {one.name for one in relation.indexes}
            for table, relation in self._by_name.items()
            if relation.partition_key is not None
        )

    def whole(self, table: ObjectPath) -> ObjectPath:
        """Return the topmost table of a partition, or the table itself if it is not one."""
        whole = with_schema(table)
        while whole in self._partitioned_table:
            whole = self._partitioned_table[whole]
        return whole

    def descendants(self, table: ObjectPath) -> list[ObjectPath]:
        """Return the partitions and children of a table, at every level."""
        found = [*self._children.get(with_schema(table), ())]
        for one in found:
            found += (child for child in self._children.get(one, ()) if child not in found)
        return found

    def partitioned_table(self, table: ObjectPath) -> ObjectPath | None:
        """Return the table that a table is a partition of."""
        return self._partitioned_table.get(with_schema(table))

    def default(self, table: ObjectPath | None) -> list[ObjectPath]:
        """Return the default partition of a table with its own partitions; nothing without one."""
        found = self._default.get(with_schema(table)) if table is not None else None
        return [found, *self.descendants(found)] if found is not None else []

    def keys_from(self, table: ObjectPath) -> list[ForeignKey]:
        """Return the foreign keys that a table has."""
        return [one for one in self.foreign_keys if one.table == with_schema(table)]

    def keys_to(self, table: ObjectPath) -> list[ForeignKey]:
        """Return the foreign keys that refer to a table."""
        return [one for one in self.foreign_keys if one.referenced == with_schema(table)]


@unless_analysed(otherwise=frozenset())
def columns_of_key(table: Relation | None, name: str) -> frozenset[str]:
    """Return the columns of a unique or primary key; none for other constraints."""
    found = [one for one in (table.constraints if table else ()) if one.name == name]
    return frozenset(
        column for one in found for column in texts(sql_tree.constraint(str(one.definition)).keys)
    )


def relation_path(variable: Any) -> ObjectPath:
    """Return the name of a table as a statement writes it."""
    return path(*relation(variable))


def with_schema(table: ObjectPath) -> ObjectPath:
    """Return the name of a table with the schema that a statement means when it names none."""
    return table.in_schema(SEARCHED)


@unless_analysed(otherwise=())
def _parents(one: Relation) -> Iterable[tuple[ObjectPath, bool, bool]]:
    """Return each parent of a table, with two facts: it is a partition, and the default one."""
    if one.partition_of is not None:
        made = sql_tree.statement(f"CREATE TABLE t PARTITION OF {one.partition_of}")
    elif one.inherits is not None:
        made = sql_tree.statement(f"CREATE TABLE t () INHERITS ({one.inherits})")
    else:
        return ()
    is_partition, is_default = one.partition_of is not None, made.partbound.is_default
    return [
        (with_schema(relation_path(it.range_var)), is_partition, is_default)
        for it in made.inh_relations
    ]


@unless_analysed(otherwise=None)
def _foreign_key(table: ObjectPath, one: Constraint) -> ForeignKey | None:
    made = sql_tree.constraint(str(one.definition))
    return ForeignKey(
        table,
        one.name,
        frozenset(texts(made.fk_attrs)),
        with_schema(relation_path(made.pktable)),
        frozenset(texts(made.pk_attrs)),
        one.inherited,
    )
