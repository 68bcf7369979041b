"""Columns of a table that are replaced by others, and how: see :mod:`safe_types`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Iterator, NamedTuple

from .column_parts import NEW, OLD, Part, Replaced, Side
from .replaced_parts import ReplacedParts
from .safe_steps import (
    BACKFILL,
    DROP_REPLACED,
    ORDINARY,
    SWAP,
    Step,
    Table,
)
from .tables_there import TablesThere
from .written_statements import Backfill, Concurrently, Statement, short_name

_FUNCTION = """\
CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{}
    RETURN NEW;
END
$$"""
_OR_NULL = """\
    BEGIN
        {}
    -- What the old type does not hold
    EXCEPTION WHEN data_exception OR check_violation OR not_null_violation THEN
        {} := NULL;
    END;"""


class Additions(NamedTuple):
    """Further statements of a replacement of columns.

    Attributes:
        first: The statements that run before the columns of the new types are added.
        swap: The statements that run after the new columns have taken the names.
        swap_back: The statements that run before the new columns give the names back.
        drop: The statements that run when the old columns are dropped.
        again: The statements that run before the old columns are added again.
    """

    first: tuple[str, ...] = ()
    swap: tuple[str, ...] = ()
    swap_back: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


_NOTHING = Additions()


class ReplacedColumns:
    """The columns of a table that are replaced, and the objects that depend on them.

    Args:
        there: The tables before the change.
        table: The table.
        schema: Its schema; None if operations do not name it.
        columns: The columns, by their names.
        parts: The objects that depend on them.
        additions: Further statements of the replacement.
    """

    def __init__(
        self,
        there: TablesThere,
        table: Table,
        schema: str | None,
        columns: dict[str, Replaced],
        parts: list[Part],
        additions: Additions = _NOTHING,
    ) -> None:
        self._additions = additions
        self._there = there
        self._table = table
        self._schema = schema
        self._on = there.quoted(schema, table[1])
        self._columns = columns
        self._locked = there.existing([table])
        required = [name for name, one in columns.items() if one.is_required]
        self._parts = ReplacedParts(there, table, schema, required, parts)
        name = short_name(f"zz_{table[1]}_types")
        self._function = there.quoted(schema, name)
        # Triggers run in the order of their names, so this one sees what other triggers have
        # written.
        self._trigger = there.quoted(name)

    def steps(self, sequence: int) -> list[Step]:
        """Return the steps in their order; the last belongs to a later phase.

        Args:
            sequence: The position of the steps among those of other tables.
        """
        additions = self._additions
        added = (*map(self._run, additions.first), *self._added(NEW))
        swap = (*self._swapped(NEW, OLD), *map(self._run, additions.swap))
        swap_back = tuple(self._swapped_back())
        found = [
            Step(ORDINARY, added, tuple(self._dropped(NEW)), self._locked),
            Step(BACKFILL, (self._filled(NEW),), ()),
            *self._parts.built_beside(),
            Step(SWAP, swap, swap_back, self._locked),
            *self._parts.old_indexes_dropped(),
        ]
        made = [*map(self._run, additions.again), *self._added(OLD, " IF NOT EXISTS")]
        again = Concurrently(made), self._filled(OLD)
        gone = (*self._dropped(OLD), *map(self._run, additions.drop))
        drop = Step(DROP_REPLACED, gone, again, self._locked)
        return [*(replace(one, sequence=sequence) for one in found), drop]

    def _added(self, which: str, condition: str = "") -> Iterator[Statement]:
        """Yield the statements that add the columns and keep them filled."""
        adds = ", ".join(
            f"ADD COLUMN{condition} {self._name(name, which)} {_side(one, which).type}"
            for name, one in self._columns.items()
        )
        yield self._run(f"ALTER TABLE {self._on} {adds}")
        for name, one in self._columns.items():
            if one.comment is not None:
                place = f"{self._on}.{self._name(name, which)}"
                yield self._run(f"COMMENT ON COLUMN {place} IS '{_text(one.comment)}'")
        yield self._writing(which)
        yield self._run(
            f"CREATE OR REPLACE TRIGGER {self._trigger} BEFORE INSERT OR UPDATE"
            f" ON {self._on} FOR EACH ROW EXECUTE FUNCTION {self._function}()"
        )

    def _writing(self, which: str) -> Statement:
        """Return the function that fills the columns, with null for unsuitable values."""
        lines = []
        for name, one in self._columns.items():
            target = "NEW." + self._name(name, which)
            value = _side(one, which).conversion.format("NEW." + self._name(name))
            line = f"{target} := {value};"
            lines.append("    " + line if which == NEW else _OR_NULL.format(line, target))
        return self._run(_FUNCTION.format(self._function, "\n".join(lines)))

    def _dropped(self, which: str) -> Iterator[Statement]:
        yield self._run(f"DROP TRIGGER {self._trigger} ON {self._on}")
        yield self._run(f"DROP FUNCTION {self._function}()")
        drops = ", ".join(f"DROP COLUMN {self._name(name, which)}" for name in self._columns)
        yield self._run(f"ALTER TABLE {self._on} {drops}")

    def _filled(self, which: str) -> Backfill:
        sets, missing = [], []
        for name, one in self._columns.items():
            target, source = self._name(name, which), self._name(name)
            # On the way back, the trigger writes the old column, which may not be able to hold
            # every value.
            value = _side(one, which).conversion.format(source)
            sets.append(f"{target} = {value}" if which == NEW else f"{source} = {source}")
            missing.append(f"({target} IS NULL AND {source} IS NOT NULL)")
        where = missing[0] if len(missing) == 1 else "({})".format(" OR ".join(missing))
        return Backfill(self._on, ", ".join(sets), where)

    def _swapped(self, come: str, go: str) -> Iterator[Statement]:
        """Yield the statements that give the new columns and their parts the old names."""
        alter = f"ALTER TABLE {self._on} "
        yield self._writing(go)
        yield from self._parts.dropped()
        for name, one in self._columns.items():
            column, other = self._name(name), self._name(name, come)
            if _side(one, go).default is not None:
                yield self._run(f"{alter}ALTER COLUMN {column} DROP DEFAULT")
            if _side(one, come).default is not None:
                default = _side(one, come).default
                yield self._run(f"{alter}ALTER COLUMN {other} SET DEFAULT {default}")
            if one.is_required:
                yield self._run(f"{alter}ALTER COLUMN {other} SET NOT NULL")
                yield from self._counted_on(one, column, other, come)
                yield self._run(f"{alter}ALTER COLUMN {column} DROP NOT NULL")
            yield self._run(f"{alter}RENAME COLUMN {column} TO {self._name(name, go)}")
            yield self._run(f"{alter}RENAME COLUMN {other} TO {column}")
            if one.sequence is not None:
                yield self._run(f"ALTER SEQUENCE {one.sequence} OWNED BY {self._on}.{column}")
        yield from self._parts.named(come, go)

    def _counted_on(self, one: Replaced, column: str, other: str, come: str) -> Iterator[Statement]:
        """Yield the statements that move the identity of a column to another."""
        if one.numbers is None:
            return
        numbers, name = one.numbers
        taken = self._there.quoted(self._schema, short_name(name + come))
        alter = f"ALTER TABLE {self._on} ALTER COLUMN "
        yield self._run(
            f"{alter}{other} ADD GENERATED {one.identity} AS IDENTITY"
            f" (SEQUENCE NAME {taken} {_side(one, come).numbers})"
        )
        count = "SELECT setval('{}', last_value, is_called) FROM {}"
        yield self._run(count.format(_text(taken), numbers))
        yield self._run(f"{alter}{column} DROP IDENTITY")
        yield self._run(f"ALTER SEQUENCE {taken} RENAME TO {self._there.quoted(name)}")

    def _swapped_back(self) -> Iterator[Any]:
        """Yield the statements that give the old names back, after building what they need."""
        built = [*self._parts.built_beside_again()]
        if built:
            yield Concurrently(built)
        yield from map(self._run, self._additions.swap_back)
        yield from self._parts.inbound_dropped()
        yield from self._swapped(OLD, NEW)
        yield from self._parts.referring_again()

    def _name(self, column: str, which: str = "") -> str:
        return self._there.quoted(short_name(column + which))

    def _run(self, sql: str) -> Statement:
        return Statement(sql, "", self._table)


def _side(column: Replaced, which: str) -> Side:
    return column.new if which == NEW else column.old


def _text(value: str) -> str:
    return value.replace("'", "''")
