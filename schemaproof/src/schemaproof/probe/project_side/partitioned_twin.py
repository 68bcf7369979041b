"""Make a table partitioned while others read and write, by replacing it with a partitioned one.

The partitioned table is created empty, with its keys and indexes. A trigger copies the changes of
others into it, and existing rows when a backfill touches them. Foreign keys of other tables get a
copy that refers to it. Then the two tables swap their names, which takes a moment. From then on a
trigger writes the old table, so that the change can be undone, until a later phase drops it.
"""

from __future__ import annotations

import re
from typing import Any, Iterator

from alembic.operations.ops import MigrateOperation

from .asked_constraints import asked_anew, asked_of_all
from .column_parts import NEW, OLD
from .column_queries import DEPENDENTS, FOREIGN_KEYS
from .privileges import copied
from .safe_steps import (
    ADD,
    BACKFILL,
    DROP_REPLACED,
    ORDINARY,
    REFER,
    SWAP_TABLES,
    TIE,
    VALIDATE,
    Step,
    Table,
)
from .tables_there import TablesThere
from .twin_rows import TwinRows, writable
from .written_statements import Backfill, Concurrently, NewConstraint, Statement, short_name

_EXCLUDED = "EXCLUDING CONSTRAINTS EXCLUDING INDEXES EXCLUDING STATISTICS"
_INDEXED = ("primary-key", "unique")
_KEY = re.compile(r"PRIMARY KEY \(([^()]*)\)")


class PartitionTable(MigrateOperation):
    """A table that becomes partitioned.

    Attributes:
        table: Its schema and name.
        key: The partition key.
        partitions: The name, the parent, the bounds and any partition key of each partition.
        before: The objects that depend on it.
        after: The objects that will depend on it.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        self.table: Table = (given["table"][0], given["table"][1])
        self.key: str = given["key"]
        self.partitions: list[list[Any]] = given["partitions"]
        self.before: dict[str, Any] = given["before"]
        self.after: dict[str, Any] = given["after"]


def partitioned(there: TablesThere, operations: list[Any]) -> tuple[list[Step], list[Any]]:
    """Return the statements that make tables partitioned, and the remaining operations.

    Args:
        there: The tables before the change.
        operations: The change.
    """
    steps: list[Step] = []
    left = []
    for one in operations:
        if not isinstance(one, PartitionTable):
            left.append(one)
            continue
        reason = _reason(there, one.table)
        if reason is None:
            steps.extend(PartitionedTwin(there, one).steps(len(steps) + 1000))
        else:
            there.note(one, f"it becomes partitioned; this is not written, because {reason}")
    return steps, left


def _reason(there: TablesThere, table: Table) -> str | None:
    """Return why the table cannot be partitioned."""
    for row in there.rows(DEPENDENTS, table):
        return f"{row['what']} depends on it"
    for row in there.rows(FOREIGN_KEYS, table):
        if row["inbound"] and (
            row["own"] or there.is_partitioned_name((row["schema"], row["table"]))
        ):
            return f"the foreign key {row['name']} of {row['table']} refers to it"
    return None if writable(there, table) else "it has no column that can be written"


class PartitionedTwin:
    """A table, and the partitioned table that replaces it.

    Args:
        there: The tables before the change.
        one: The operation that makes the table partitioned.
    """

    def __init__(self, there: TablesThere, one: PartitionTable) -> None:
        self._there = there
        self._one = one
        schema, name = one.table
        self._schema = schema
        self._on = there.shown(one.table)
        self._names = {which: short_name(name + which) for which in (NEW, OLD)}
        [key] = [text for _, kind, text in one.after["constraints"] if kind == "primary-key"]
        columns = _KEY.match(key)
        names = columns.group(1).split(", ") if columns else []
        self._rows = TwinRows(there, one.table, self._names, names)
        keys = [row for row in there.rows(FOREIGN_KEYS, one.table) if row["inbound"]]
        self._inbound = [self._keys(row) for row in keys]

    def steps(self, sequence: int) -> list[Step]:
        """Return the steps in their order; the last belongs to a later phase.

        Args:
            sequence: The position of the steps among those of other changes.
        """
        locked = self._there.existing([self._one.table])
        tied = tuple(map(self._run, self._rows.tied(NEW)))
        untied = tuple(map(self._run, (*self._rows.untied(), self._rows.function_dropped)))
        drop_new = self._run(f"DROP TABLE {self._twin(NEW)}")
        drop_old = self._run(f"DROP TABLE {self._twin(OLD)}")
        made = tuple(map(self._run, self._made()))
        again = Concurrently([self._run(sql) for sql in (*self._old_made(), *self._rows.tied(OLD))])
        down = again, self._filled(OLD)
        lock = tuple(map(self._run, self._rows.both_locked(OLD)))
        swap, back = (
            tuple(map(self._run, self._swapped(*way))) for way in ((NEW, OLD), (OLD, NEW))
        )
        found = [
            (ORDINARY, made, (drop_new,), frozenset[Table]()),
            (TIE, tied, untied, locked),
            (BACKFILL, (self._filled(NEW),), (), frozenset[Table]()),
        ]
        return [
            *(Step(*one, sequence=sequence) for one in found),
            *self._referred(sequence),
            Step(SWAP_TABLES, swap, back, locked, sequence),
            Step(DROP_REPLACED, (*lock, *untied, drop_old), down, locked),
        ]

    def _made(self) -> Iterator[str]:
        """Yield the statements that create the partitioned table."""
        twin, after = self._twin(NEW), self._one.after
        yield self._table(twin, after, NEW) + f" PARTITION BY {self._one.key}"
        for name, parent, bounds, key in self._one.partitions:
            whole = twin if parent == ".".join(map(self._there.quoted, self._one.table)) else parent
            by = f" PARTITION BY {key}" if key else ""
            yield f"CREATE TABLE {name} PARTITION OF {whole} {bounds}{by}"
        yield from self._completed(twin, after, NEW)
        yield from self._rows.sequences_made(NEW)
        # The trigger writes to the new table as the role that writes to the other one.
        yield copied(self._on, twin)

    def _old_made(self) -> Iterator[str]:
        """Yield the statements that create the ordinary table again."""
        old = self._twin(OLD)
        yield from self._rows.untied("IF EXISTS ")
        yield f"DROP TABLE IF EXISTS {old}"
        yield self._table(old, self._one.before, OLD)
        yield from self._completed(old, self._one.before, OLD)
        yield from self._rows.sequences_made(OLD)
        yield copied(self._on, old)

    def _table(self, name: str, parts: dict[str, Any], which: str) -> str:
        lines = [f"LIKE {self._on} INCLUDING ALL {_EXCLUDED}"]
        for own, kind, definition in parts["constraints"]:
            called = self._there.quoted(short_name(own + which) if kind in _INDEXED else own)
            lines.append(f"CONSTRAINT {called} {definition}")
        return "CREATE TABLE {} (\n    {}\n)".format(name, ",\n    ".join(lines))

    def _completed(self, name: str, parts: dict[str, Any], which: str) -> Iterator[str]:
        for own, is_unique, rest in parts["indexes"]:
            called = self._there.quoted(short_name(own + which))
            yield f"CREATE {'UNIQUE ' * is_unique}INDEX {called} ON {name} {rest}"
        if parts["comment"] is not None:
            text = parts["comment"].replace("'", "''")
            yield f"COMMENT ON TABLE {name} IS '{text}'"

    def _swapped(self, come: str, go: str) -> Iterator[str]:
        """Yield the statements that swap the names of two tables."""
        comes = self._twin(come)
        yield from self._rows.both_locked(come)
        yield from self._rows.untied()
        yield from self._rows.sequences(come, go)
        sides = self._one.before, self._one.after
        gone, new = sides if come == NEW else sides[::-1]
        yield from self._parts_named(self._on, gone, "", go)
        yield from self._parts_named(comes, new, come, "")
        yield copied(self._on, comes)
        yield f"ALTER TABLE {self._on} RENAME TO {self._there.quoted(self._names[go])}"
        yield f"ALTER TABLE {comes} RENAME TO {self._there.quoted(self._one.table[1])}"
        yield from self._rows.tied(go)

    def _parts_named(self, on: str, parts: dict[str, Any], old: str, new: str) -> Iterator[str]:
        """Yield the statements that rename keys and indexes, whose names are unique in a schema."""
        for own, kind, _ in parts["constraints"]:
            if kind in _INDEXED:
                before, after = self._ways(own, old, new)
                yield f"ALTER TABLE {on} RENAME CONSTRAINT {before} TO {after}"
        for own, _, _ in parts["indexes"]:
            before, after = self._ways(own, old, new)
            schema = "".join(self._on.rpartition(".")[:2])
            yield f"ALTER INDEX {schema}{before} RENAME TO {after}"

    def _ways(self, name: str, old: str, new: str) -> tuple[str, str]:
        before, after = (self._there.quoted(short_name(name + which)) for which in (old, new))
        return before, after

    def _filled(self, which: str) -> Backfill:
        """Return a backfill that makes the trigger copy the rows which the new table lacks."""
        return Backfill(self._on, self._rows.touched, self._rows.missing(which))

    def _keys(self, row: Any) -> tuple[NewConstraint, NewConstraint]:
        """Return a foreign key of another table, and the same key to the partitioned table."""
        table = (row["schema"], row["table"])
        found = []
        for name, target in ((row["name"], self._on), (row["name"] + NEW, self._twin(NEW))):
            definition = row["definition"].replace(" NOT VALID", "")
            definition = definition.replace(f"REFERENCES {row['of']}(", f"REFERENCES {target}(", 1)
            quoted = self._there.quoted(short_name(name))
            on = self._there.shown(table)
            found.append(
                NewConstraint("foreign-key", table, on, quoted, definition, self._one.table)
            )
        return found[0], found[1]

    def _referred(self, sequence: int) -> Iterator[Step]:
        """Yield the statements that point foreign keys of other tables to the partitioned one."""
        for _, new in self._inbound:
            for step in asked_of_all(self._there, new, ADD, VALIDATE):
                yield Step(step.stage, step.up, step.down, step.tables, sequence)
        for old, new in self._inbound:
            alter = f"ALTER TABLE {old.on} "
            up = (
                self._run(f"{alter}DROP CONSTRAINT {old.name}"),
                self._run(f"{alter}RENAME CONSTRAINT {new.name} TO {old.name}"),
            )
            down = [*asked_anew(new, is_valid=True), *asked_anew(old, is_valid=True)]
            locked = self._there.existing([old.table])
            yield Step(REFER, up, (Concurrently(down),), locked, sequence)

    def _twin(self, which: str) -> str:
        return self._there.shown((self._schema, self._names[which]))

    def _run(self, sql: str) -> Statement:
        return Statement(sql, "", self._one.table)
