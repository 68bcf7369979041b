"""The index of a partitioned table, and those of its partitions, as SQL."""

from __future__ import annotations

import copy
from typing import Any, Iterable, Iterator, NamedTuple

from sqlalchemy import Column, text
from sqlalchemy.schema import CreateIndex
from sqlalchemy.types import NullType

from .partition_tree import Partition, partitions
from .safe_steps import Table
from .tables_there import TablesThere
from .written_statements import NAME_BYTES, Statement

_KNOWN = """
SELECT n.nspname AS schema, c.relname AS table, m.nspname AS index_schema, i.relname AS index
FROM pg_partition_tree(to_regclass(CAST(:index AS text))) t
JOIN pg_index x ON x.indexrelid = t.relid
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace m ON m.oid = i.relnamespace
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
"""
_TAKEN = "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
_OTHERS = """\
DO $$
DECLARE
    part record;
BEGIN
    -- Partitions that no revision has made
    FOR part IN
        SELECT c.oid::regclass AS name, n.nspname AS schema,
            (SELECT o.name FROM generate_series(0, 99) i,
                LATERAL (SELECT left(c.relname || '_{label}', 61)
                    || coalesce(nullif(i, 0)::text, '') AS name) o
                WHERE to_regclass(format('%I.%I', n.nspname, o.name)) IS NULL
                ORDER BY i LIMIT 1) AS index
        FROM pg_inherits h
        JOIN pg_class c ON c.oid = h.inhrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE h.inhparent = '{table}'::regclass
            AND NOT EXISTS (
                SELECT FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid
                WHERE i.inhparent = '{index}'::regclass AND x.indrelid = c.oid
            )
    LOOP
        EXECUTE format('{make}', part.index, part.name);
        EXECUTE format('ALTER INDEX {index} ATTACH PARTITION %I.%I', part.schema, part.index);
    END LOOP;
END
$$"""


class IndexForm(NamedTuple):
    """The form of an index, and the parts of the names of its partitions' indexes.

    Attributes:
        kind: The kind: ``INDEX`` or ``UNIQUE INDEX``.
        definition: The part of the definition after the table.
        columns: The names of its columns, as PostgreSQL uses them in names of indexes.
        suffix: The end of the names of the partitions' indexes.
    """

    kind: str
    definition: str
    columns: str
    suffix: str


class PartitionedIndex:
    """The index of a partitioned table, and those of its partitions.

    Args:
        there: The tables before the change.
        table: The partitioned table.
        name: The name of the index.
        form: The form of the index.
        gone: The names of indexes that are dropped before.
        is_there: Whether the index exists already; then its names are kept.

    Attributes:
        form: The form of the index.
        partitions: The table, and its partitions.
        names: The schema and name of the index of each, by its table.
    """

    def __init__(
        self,
        there: TablesThere,
        table: Table,
        name: str,
        form: IndexForm,
        *,
        gone: Iterable[str] = (),
        is_there: bool = False,
    ) -> None:
        self._there = there
        self.form = form
        self.partitions = partitions(there, table)
        rows = there.context.connection.execute(text(_TAKEN))
        whole = (table[0], name)
        free = {found for index in gone for found in self._known((table[0], index)).values()}
        self._taken = {(row[0], row[1]) for row in rows} - free
        self.names = self._known(whole) if is_there else {}
        for part in self.partitions:
            if part.table not in self.names:
                self.names[part.table] = self._name(part) if part.parent else whole

    @property
    def definition(self) -> str:
        """The part of the definition after the table."""
        return self.form.definition

    def leaves(self) -> list[Partition]:
        """Return the partitions that have rows."""
        return [part for part in self.partitions if part.is_leaf]

    def with_definition(self, definition: str) -> PartitionedIndex:
        """Return the index with another definition, and the same names."""
        made = copy.copy(self)
        made.form = self.form._replace(definition=definition)
        return made

    def _known(self, index: Table) -> dict[Table, Table]:
        """Return an existing index and those of its partitions, by their tables."""
        connection = self._there.context.connection
        rows = connection.execute(text(_KNOWN), {"index": self._there.quoted(*index)})
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}

    def _name(self, partition: Partition) -> Table:
        """Return the name that PostgreSQL would give to an index of a partition."""
        schema, name = partition.table
        number = ""
        while True:
            made = (schema, object_name(name, self.form.columns, self.form.suffix + number))
            if made not in self._taken and made not in self._there.names_given:
                self._there.names_given.add(made)
                return made
            number = str(int(number or 0) + 1)

    def quoted(self, partition: Partition, *, in_schema: bool) -> str:
        """Return the name of the index of a partition as SQL writes it."""
        schema, name = self.names[partition.table]
        return self._there.shown((schema, name)) if in_schema else self._there.quoted(name)

    def created(self, partition: Partition) -> str:
        """Return the statement that creates the index of a partition, partitioned or not."""
        how = " CONCURRENTLY" if partition.is_leaf else ""
        only = "" if partition.is_leaf else "ONLY "
        name = self.quoted(partition, in_schema=False)
        made = f"CREATE {self.form.kind}{how} IF NOT EXISTS {name}"
        return f"{made} ON {only}{partition.on} {self.definition}"

    def dropped(self, partition: Partition) -> str:
        """Return the statement that drops the index of a partition."""
        how = "CONCURRENTLY IF EXISTS" if partition.is_leaf else "IF EXISTS"
        return f"DROP INDEX {how} {self.quoted(partition, in_schema=True)}"

    def attached(self) -> Iterator[Statement]:
        """Yield the statements that attach the indexes of the partitions."""
        by_table = {one.table: one for one in self.partitions}
        for one in reversed(self.partitions):
            if one.parent is not None:
                whole, part = (
                    self.quoted(it, in_schema=True) for it in (by_table[one.parent], one)
                )
                yield _run(f"ALTER INDEX {whole} ATTACH PARTITION {part}")

    def built(self) -> tuple[Statement, ...]:
        """Return the statements that build the index on the table and its partitions."""
        make = f"CREATE {self.form.kind} %1$I ON %2$s {self.definition.replace('%', '%%')}"
        created = (_run(self.created(part)) for part in self.partitions)
        return (*created, *self.attached(), *self.others(make))

    def gone(self) -> Statement:
        """Return the statement that drops the index with those of the partitions."""
        return _run(self.dropped(self.partitions[0]))

    def others(self, make: str) -> Iterator[Statement]:
        """Yield the statements for partitions that no revision created.

        Args:
            make: The statement that creates an index or a key of a partition, for ``format``:
                ``%1$I`` is its name, ``%2$s`` the partition.
        """
        form = f"{self.form.columns}_{self.form.suffix}"
        for one in self.partitions:
            if not one.is_leaf:
                index = self.quoted(one, in_schema=True)
                label, table, index, make_ = (
                    it.replace("'", "''") for it in (form, one.on, index, make)
                )
                yield _run(_OTHERS.format(label=label, table=table, index=index, make=make_))


def created_index(
    there: TablesThere, one: Any, suffix: str, *, is_there: bool = False
) -> PartitionedIndex:
    """Return the index of a partitioned table that an operation creates.

    Args:
        there: The tables before the change.
        one: The operation.
        suffix: The end of the names of the partitions' indexes.
        is_there: Whether the index exists already; then its names are kept.
    """
    index = one.to_index(there.context)
    for name in index.dialect_options["postgresql"].get("include") or ():
        # The table of an index operation has only the columns of the index.
        if str(name) not in index.table.c:
            index.table.append_column(Column(str(name), NullType))
    kind = "UNIQUE INDEX" if one.unique else "INDEX"
    made = str(CreateIndex(index).compile(dialect=there.dialect))
    on = there.dialect.identifier_preparer.format_table(index.table)
    definition = made.partition(f" ON {on} ")[2]
    columns = "_".join(there.index_columns(one, kind, definition))
    form = IndexForm(kind, definition, columns, suffix)
    gone = there.dropped_parts(there.key(one))
    return PartitionedIndex(
        there, there.key(one), str(index.name), form, gone=gone, is_there=is_there
    )


def object_name(table: str, columns: str, label: str) -> str:
    """Return the name of an index as PostgreSQL makes it (makeObjectName): cut where it is long."""
    parts = [table.encode(), columns.encode() if label[:4] != "pkey" else b""]
    room = NAME_BYTES - len(label) - (2 if parts[1] else 1)
    while sum(map(len, parts)) > room:
        longer = 0 if len(parts[0]) > len(parts[1]) else 1
        parts[longer] = parts[longer][:-1]
    cut = [part.decode("utf-8", "ignore") for part in parts if part]
    return "_".join([*cut, label])


def _run(sql: str) -> Statement:
    return Statement(sql, "")
