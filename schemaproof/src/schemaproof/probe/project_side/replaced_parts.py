"""The objects on replaced columns, which are built again for the new columns."""

from __future__ import annotations

from typing import Iterator

from .asked_constraints import asked_anew, asked_of_all, not_null_check
from .column_parts import INDEX, KEYS, NEW, OLD, Part
from .safe_steps import (
    ADD,
    ASK,
    BUILD,
    DROP_OLD,
    REFER,
    VALIDATE,
    VALIDATE_NOT_NULL,
    Step,
    Table,
)
from .tables_there import TablesThere
from .written_statements import Concurrently, NewConstraint, Statement, short_name


class ReplacedParts:
    """The objects that depend on the columns of a table.

    Args:
        there: The tables before the change.
        table: The table.
        schema: Its schema, where operations name it.
        required: The columns that are NOT NULL.
        parts: The objects that depend on them.
    """

    def __init__(
        self,
        there: TablesThere,
        table: Table,
        schema: str | None,
        required: list[str],
        parts: list[Part],
    ) -> None:
        self._there = there
        self._table = table
        self._schema = schema
        self._on = there.quoted(schema, table[1])
        self._required = required
        # A key is dropped after the foreign keys that refer to it, and created before them.
        self._own = [one for one in parts if one.table == table]
        self._own.sort(key=lambda one: one.kind in KEYS)
        self._inbound = [one for one in parts if one.table != table]

    def built_beside(self) -> Iterator[Step]:
        """Yield the steps that build the objects of the old columns for the new ones."""
        for one in self._not_null(NEW):
            yield from asked_of_all(self._there, one, ASK, VALIDATE_NOT_NULL)
        for part in (*reversed(self._own), *self._inbound):
            name = short_name(part.name + NEW)
            if part.kind in (INDEX, *KEYS):
                build = self._index(part, name, part.new)
                yield Step(BUILD, (build,), (build.reverse(),))
                continue
            made = self._constraint(part, name, part.new)
            add, validate = asked_of_all(self._there, made, ADD, VALIDATE)
            yield add
            if part.is_valid:
                yield validate
        for part in self._inbound:
            yield self._referred(part)

    def _referred(self, part: Part) -> Step:
        """Return the statement that points a foreign key of another table to the new columns."""
        other = short_name(part.name + NEW)
        on, name = self._place(part), self._there.quoted(part.name)
        up = (
            _run(f"ALTER TABLE {on} DROP CONSTRAINT {name}"),
            _run(f"ALTER TABLE {on} RENAME CONSTRAINT {self._there.quoted(other)} TO {name}"),
        )
        down = [*self._anew(part, other, part.new), *self._anew(part, part.name, part.plain)]
        return Step(REFER, up, (Concurrently(down),), self._there.existing([part.table]))

    def dropped(self) -> Iterator[Statement]:
        """Yield the statements that drop the constraints; an index may stay until later."""
        for part in self._own:
            if part.kind != INDEX:
                name = self._there.quoted(part.name)
                yield _run(f"ALTER TABLE {self._on} DROP CONSTRAINT {name}")

    def named(self, come: str, go: str) -> Iterator[Statement]:
        """Yield the statements that rename the parts of columns when the columns swap names."""
        for check in self._not_null(come):
            yield _run(check.undo)
        for part in reversed(self._own):
            yield from self._renamed(part, come, go)

    def built_beside_again(self) -> Iterator[Statement]:
        """Yield the statements that build the objects again after the columns swapped names."""
        for check in (*self._not_null(OLD), *self._not_null(NEW, "")):
            yield from asked_anew(check, is_valid=True)
        for part in reversed(self._own):
            if part.kind != INDEX:
                yield from self._anew(part, short_name(part.name + OLD), part.old)
                if not part.refers:
                    yield from self._anew(part, short_name(part.name + NEW), part.after)

    def inbound_dropped(self) -> Iterator[Statement]:
        """Yield the statements that drop foreign keys of other tables to the columns."""
        for part in self._inbound:
            name = self._there.quoted(part.name)
            yield _run(f"ALTER TABLE {self._place(part)} DROP CONSTRAINT {name}")

    def referring_again(self) -> Iterator[Statement]:
        """Yield the statements that point foreign keys of other tables to the new columns."""
        for part in (*self._inbound, *(one for one in self._own if one.refers)):
            name = part.name if part in self._inbound else short_name(part.name + NEW)
            yield _run(self._constraint(part, name, part.new).sql)

    def _renamed(self, part: Part, come: str, go: str) -> Iterator[Statement]:
        alter, name = f"ALTER TABLE {self._on} ", self._there.quoted(part.name)
        other = self._there.quoted(short_name(part.name + come))
        if part.kind == INDEX:
            gone = short_name(part.name + go)
            for before, after in ((part.name, gone), (short_name(part.name + come), part.name)):
                index = self._there.quoted(self._schema, before)
                yield _run(f"ALTER INDEX {index} RENAME TO {self._there.quoted(after)}")
        elif part.kind in KEYS:
            yield _run(f"{alter}ADD CONSTRAINT {name} {part.kind} USING INDEX {other}{part.suffix}")
        else:
            yield _run(f"{alter}RENAME CONSTRAINT {other} TO {name}")

    def old_indexes_dropped(self) -> Iterator[Step]:
        """Yield the statements that drop the indexes whose names were taken over."""
        for part in self._own:
            if part.kind == INDEX:
                build = self._index(part, short_name(part.name + OLD), part.old)
                yield Step(DROP_OLD, (build.reverse(),), (build,))

    def _anew(self, part: Part, name: str, definition: str) -> Iterator[Statement]:
        """Yield the statements that build a part again without blocking others."""
        if part.kind in KEYS:
            build = self._index(part, name, definition)
            yield from (build.reverse(), build)
        else:
            yield from asked_anew(self._constraint(part, name, definition), is_valid=part.is_valid)

    def _not_null(self, which: str, stands: str | None = None) -> Iterator[NewConstraint]:
        """Yield the checks that columns are not null, which make another validation unnecessary."""
        for name in self._required:
            column = short_name(name + (which if stands is None else stands))
            quoted = self._there.quoted(column)
            yield not_null_check(self._there, self._table, self._on, name + which, quoted)

    def _index(self, part: Part, name: str, definition: str) -> Statement:
        quoted = self._there.quoted(name)
        kind = "UNIQUE INDEX" if part.is_unique else "INDEX"
        return Statement(
            f"CREATE {kind} CONCURRENTLY IF NOT EXISTS {quoted} ON {self._on}{definition}",
            f"DROP INDEX CONCURRENTLY IF EXISTS {self._there.quoted(self._schema, name)}",
            self._table,
        )

    def _constraint(self, part: Part, name: str, definition: str) -> NewConstraint:
        on, quoted = self._place(part), self._there.quoted(name)
        kind = part.kind.lower().replace(" ", "-")
        referenced = self._table if part in self._inbound else None
        return NewConstraint(kind, part.table, on, quoted, definition, referenced)

    def _place(self, part: Part) -> str:
        """Return the table of a part as SQL writes it."""
        if part.table == self._table:
            return self._on
        schema, name = part.table
        return self._there.quoted(schema if self._schema else None, name)


def _run(sql: str) -> Statement:
    return Statement(sql, "")
