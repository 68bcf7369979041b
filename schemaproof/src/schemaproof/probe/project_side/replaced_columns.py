"""Replace columns of a table by columns of other types; see :mod:`safe_types`."""

from __future__ import annotations

from typing import Iterator

from .column_parts import NEW, OLD, ColumnParts, Replaced, Side
from .privileges import copied, copied_of_columns
from .replaced_parts import ReplacedParts
from .safe_steps import (
    BACKFILL,
    DROP_REPLACED,
    ORDINARY,
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
_FITS = """\
CREATE OR REPLACE FUNCTION {}(value anyelement) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    converted {}%TYPE;
BEGIN
    converted := {};
    RETURN converted IS NOT NULL;
EXCEPTION WHEN data_exception OR check_violation OR not_null_violation THEN
    RETURN false;
END
$$"""
_OR_NULL = """\
    BEGIN
        {}
    -- What the old type does not hold
    EXCEPTION WHEN data_exception OR check_violation OR not_null_violation THEN
        {} := NULL;
    END;"""


class ReplacedColumns:
    """The columns of a table that are replaced, and the objects that depend on them.

    Args:
        there: The tables before the change.
        table: The table.
        schema: Its schema; None if operations do not name it.
        found: The columns, and the objects that depend on them.
        first: The statements that run before the columns of the new types are added.

    Attributes:
        on: The table as SQL writes it.
        locked: The table, if it is not new.
    """

    def __init__(
        self,
        there: TablesThere,
        table: Table,
        schema: str | None,
        found: ColumnParts,
        first: tuple[str, ...] = (),
    ) -> None:
        self._there = there
        self._table = table
        self._schema = schema
        self.on = there.quoted(schema, table[1])
        self._columns = found.columns
        self._policies = found.policies
        self._first = first
        self.locked = there.existing([table])
        required = [name for name, one in found.columns.items() if one.is_required]
        self._parts = ReplacedParts(there, table, schema, required, found.parts)
        name = short_name(f"zz_{table[1]}_types")
        self._function = there.quoted(schema, name)
        # Triggers run in the order of their names, so this one sees what other triggers have
        # written.
        self._trigger = there.quoted(name)

    def built_beside(self) -> Iterator[Step]:
        """Yield the steps that add the columns, fill them, and build what depends on them."""
        added = (*map(self._run, self._first), *self._added(NEW))
        yield Step(ORDINARY, added, tuple(self._dropped(NEW)), self.locked)
        yield Step(BACKFILL, (self._filled(NEW),), ())
        yield from self._parts.built_beside()

    def old_indexes_dropped(self) -> Iterator[Step]:
        """Yield the steps that drop the indexes whose names were taken over."""
        return self._parts.old_indexes_dropped()

    def dropped(self) -> Step:
        """Return the step that drops the old columns."""
        made = Concurrently([*self._added(OLD, " IF NOT EXISTS"), *self._fitting()])
        again = made, self._filled(OLD), Concurrently([*self._not_fitting()])
        return Step(DROP_REPLACED, tuple(self._dropped(OLD)), again, self.locked)

    def _fitting(self) -> Iterator[Statement]:
        """Yield the functions that test whether the old type of a column can hold a value."""
        for name, one in self._columns.items():
            old, value = self._name(name, OLD), one.old.conversion.format("value")
            yield self._run(_FITS.format(self._fits(name), f"{self.on}.{old}", value))

    def _not_fitting(self) -> Iterator[Statement]:
        for name in self._columns:
            yield self._run(f"DROP FUNCTION {self._fits(name)}")

    def _fits(self, column: str) -> str:
        return self._there.quoted(self._schema, short_name(f"zz_{self._table[1]}_{column}_fits"))

    def _added(self, which: str, condition: str = "") -> Iterator[Statement]:
        """Yield the statements that add the columns and keep them filled."""
        adds = ", ".join(
            f"ADD COLUMN{condition} {self._name(name, which)} {_side(one, which).type}"
            for name, one in self._columns.items()
        )
        yield self._run(f"ALTER TABLE {self.on} {adds}")
        for name, one in self._columns.items():
            if one.comment is not None:
                place = f"{self.on}.{self._name(name, which)}"
                yield self._run(f"COMMENT ON COLUMN {place} IS '{_text(one.comment)}'")
        yield self._writing(which)
        yield self._run(
            f"CREATE OR REPLACE TRIGGER {self._trigger} BEFORE INSERT OR UPDATE"
            f" ON {self.on} FOR EACH ROW EXECUTE FUNCTION {self._function}()"
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
        yield self._run(f"DROP TRIGGER {self._trigger} ON {self.on}")
        yield self._run(f"DROP FUNCTION {self._function}()")
        drops = ", ".join(f"DROP COLUMN {self._name(name, which)}" for name in self._columns)
        yield self._run(f"ALTER TABLE {self.on} {drops}")

    def _filled(self, which: str) -> Backfill:
        sets, missing = [], []
        for name, one in self._columns.items():
            target, source = self._name(name, which), self._name(name)
            value = _side(one, which).conversion.format(source)
            if which == NEW:
                sets.append(f"{target} = {value}")
                missing.append(f"({target} IS NULL AND {source} IS NOT NULL)")
            else:
                # The trigger writes the old column, which may not be able to hold every value.
                sets.append(f"{source} = {source}")
                missing.append(f"({target} IS NULL AND {self._fits(name)}({source}))")
        where = missing[0] if len(missing) == 1 else "({})".format(" OR ".join(missing))
        return Backfill(self.on, ", ".join(sets), where)

    def _swapped(self, come: str, go: str) -> Iterator[Statement]:
        """Yield the statements that give the new columns and their parts the old names."""
        alter = f"ALTER TABLE {self.on} "
        yield self._writing(go)
        yield from self._parts.dropped()
        pairs = [(name, short_name(name + come)) for name in self._columns]
        yield self._run(copied_of_columns(self.on, pairs))
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
                yield self._run(f"ALTER SEQUENCE {one.sequence} OWNED BY {self.on}.{column}")
        yield from self._parts.named(come, go)

    def policies_again(self) -> Iterator[Statement]:
        """Yield the statements that make policies use the columns that have the usual names now."""
        for name, clauses in self._policies.items():
            yield self._run(f"ALTER POLICY {self._there.quoted(name)} ON {self.on} {clauses}")

    def _counted_on(self, one: Replaced, column: str, other: str, come: str) -> Iterator[Statement]:
        """Yield the statements that move the identity of a column to another."""
        if one.numbers is None:
            return
        numbers, name = one.numbers
        taken = self._there.quoted(self._schema, short_name(name + come))
        alter = f"ALTER TABLE {self.on} ALTER COLUMN "
        yield self._run(
            f"{alter}{other} ADD GENERATED {one.identity} AS IDENTITY"
            f" (SEQUENCE NAME {taken} {_side(one, come).numbers})"
        )
        count = "SELECT setval('{}', last_value, is_called) FROM {}"
        yield self._run(count.format(_text(taken), numbers))
        yield self._run(copied(numbers, taken))
        yield self._run(f"{alter}{column} DROP IDENTITY")
        yield self._run(f"ALTER SEQUENCE {taken} RENAME TO {self._there.quoted(name)}")

    def swap(self) -> Iterator[Statement]:
        """Yield the statements that give the usual names to the new columns."""
        yield from self._swapped(NEW, OLD)

    def built_again(self) -> Iterator[Statement]:
        """Yield the statements that build the objects which the swap back needs."""
        return self._parts.built_beside_again()

    def back(self) -> Iterator[Statement]:
        """Yield the statements that give the usual names back to the old columns."""
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
