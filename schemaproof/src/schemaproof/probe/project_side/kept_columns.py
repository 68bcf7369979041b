"""Rename columns while the old names keep working, by means of copies of the columns.

Copies with the new names are added and filled. Then columns and copies swap their names, which
takes a moment. So the objects on a column (keys, checks, defaults, privileges, policies) stay on
it, and the copy has the old name until the contract phase. A trigger writes both.
"""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple

from .column_parts import INDEX, KEYS, OLD, UnsafeError
from .column_queries import CHECKS, COLUMNS, FAMILY, INDEXES, PARTITION_KEYS, TRIGGERS
from .partitioned_index import IndexForm, PartitionedIndex
from .privileges import copied_of_columns
from .safe_steps import BACKFILL, BUILD, DROP_REPLACED, ORDINARY, SWAP, Step, Table
from .tables_there import NO_KEY, TablesThere
from .tried_copy import TriedCopy
from .written_statements import Backfill, Concurrently, Statement, short_name

_FUNCTION = """\
CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A statement gives a value to a column or to its copy
{}
    RETURN NEW;
END
$$"""
_BOTH = """\
    IF (TG_OP = 'INSERT'
            AND ROW(NEW.{copy})::record *<> ROW(CAST({default} AS {type}))::record)
        OR (TG_OP = 'UPDATE' AND ROW(NEW.{copy})::record *<> ROW(OLD.{copy})::record)
    THEN
        NEW.{column} := NEW.{copy};
    ELSE
        NEW.{copy} := NEW.{column};
    END IF;"""


def refuse_unsafe(there: TablesThere, table: Table, column: str) -> None:
    """Refuse a column that cannot be copied.

    Args:
        there: The tables before the rest of the change, with the new names.
        table: The table.
        column: The new name of the column.

    Raises:
        UnsafeError: The old and the new name cannot both work.
    """
    [row] = [row for row in there.rows(COLUMNS, table) if row["name"] == column]
    if there.rows(FAMILY, table)[0]["inherits"]:
        raise UnsafeError("the table has children or parents")
    if any(key["name"] == column for key in there.rows(PARTITION_KEYS, table)):
        raise UnsafeError("the table, or a partition of it, is partitioned by it")
    if row["generated"]:
        raise UnsafeError("it is a generated column, which a trigger cannot write")
    if there.is_rewritten_with(table, f"schemaproof_kept {row['type']}"):
        raise UnsafeError("a column of its type rewrites every row")
    for trigger in there.rows(TRIGGERS, table):
        if trigger["name"] == column:
            raise UnsafeError(f"{trigger['what']} is about this column")
    if not there.has_key(table):
        raise UnsafeError(NO_KEY)


class _Built(NamedTuple):
    """The index of a copy.

    Attributes:
        built: The statements that build it.
        gone: The statements that drop it.
        again: The statements that build it again after columns and copies swapped names.
    """

    built: tuple[Statement, ...]
    gone: tuple[Statement, ...]
    again: tuple[Statement, ...]


class KeptColumns:
    """The columns of a table that get other names.

    Args:
        there: The tables before the rest of the change, with the new names.
        table: The table.
        names: The old and the new name of each.
        later: The old and the new name of columns that are renamed at once, after this.
    """

    def __init__(
        self,
        there: TablesThere,
        table: Table,
        names: list[tuple[str, str]],
        later: list[tuple[str, str]],
    ) -> None:
        self._later = later
        self._there = there
        self._table = table
        self._on = there.shown(table)
        self._names = names
        self._back = [(new, old) for old, new in names]
        self._schema = table[0] if "." in self._on else None
        name = short_name(f"zz_{table[1]}_names")
        self._function = there.quoted(self._schema, name)
        # Triggers run in the order of their names, so this one sees what other triggers have
        # written.
        self._trigger = there.quoted(name)
        rows = {row["name"]: row for row in there.rows(COLUMNS, table)}
        self._types = [rows[new]["type"] for _, new in names]
        self._defaults = [self._constant(rows[new]) for _, new in names]

    def _constant(self, row: Any) -> str | None:
        """Return the default of a column; None where each evaluation has another value."""
        default: str | None = row["default"]
        column = f"schemaproof_kept {row['type']} DEFAULT {default}"
        is_other = default is None or self._there.is_rewritten_with(self._table, column)
        return None if is_other else default

    def steps(self, sequence: int) -> list[Step]:
        """Return the steps in their order; the last belongs to a later phase.

        Args:
            sequence: The position of the steps among those of other renames.
        """
        locked = frozenset((self._table,))
        indexes = [*self._indexes()]
        again = (
            Concurrently([*self._added(self._back, " IF NOT EXISTS")]),
            self._filled(self._back),
            *([Concurrently([op for one in indexes for op in one.again])] if indexes else ()),
        )
        first = self._added(self._names)
        return [
            Step(ORDINARY, tuple(first), tuple(self._dropped(self._names)), locked, sequence),
            Step(BACKFILL, (self._filled(self._names),), (), sequence=sequence),
            *(Step(BUILD, one.built, one.gone, sequence=sequence) for one in indexes),
            Step(SWAP, self._swapped(self._names), self._swapped(self._back), locked, sequence),
            Step(DROP_REPLACED, tuple(self._dropped(self._back)), again, locked),
        ]

    def _added(self, names: list[tuple[str, str]], condition: str = "") -> Iterator[Statement]:
        """Yield the statements that add copies of columns, and keep the copies filled."""
        copies = [self._there.quoted(copy) for _, copy in names]
        adds = [f"ADD COLUMN{condition} {c} {t}" for c, t in zip(copies, self._types)]
        yield self._alter(", ".join(adds))
        for copy, default in zip(copies, self._defaults):
            if default is not None:
                yield self._alter(f"ALTER COLUMN {copy} SET DEFAULT {default}")
        yield self._run(copied_of_columns(self._on, names))
        yield self._writing(names)
        yield self._run(
            f"CREATE OR REPLACE TRIGGER {self._trigger} BEFORE INSERT OR UPDATE"
            f" ON {self._on} FOR EACH ROW EXECUTE FUNCTION {self._function}()"
        )

    def _dropped(self, names: list[tuple[str, str]]) -> Iterator[Statement]:
        yield self._run(f"DROP TRIGGER {self._trigger} ON {self._on}")
        yield self._run(f"DROP FUNCTION {self._function}()")
        yield self._alter(", ".join(f"DROP COLUMN {self._there.quoted(copy)}" for _, copy in names))

    def _writing(self, names: list[tuple[str, str]]) -> Statement:
        parts = [
            _BOTH.format(
                copy=self._there.quoted(copy),
                column=self._there.quoted(column),
                default=default or "NULL",
                type=type_.partition(" COLLATE ")[0],
            )
            for (column, copy), type_, default in zip(names, self._types, self._defaults)
        ]
        return self._run(_FUNCTION.format(self._function, "\n".join(parts)))

    def _filled(self, names: list[tuple[str, str]]) -> Backfill:
        quoted = [(self._there.quoted(column), self._there.quoted(copy)) for column, copy in names]
        missing = [f"({copy} IS NULL AND {column} IS NOT NULL)" for column, copy in quoted]
        where = missing[0][1:-1] if len(missing) == 1 else " OR ".join(missing)
        return Backfill(self._on, ", ".join(f"{copy} = {column}" for column, copy in quoted), where)

    def _swapped(self, names: list[tuple[str, str]]) -> tuple[Statement, ...]:
        """Return the statements that swap the names of columns and their copies."""
        found = []
        for first, second in names:
            old, new = self._there.quoted(first), self._there.quoted(second)
            between = self._there.quoted(short_name(second + OLD))
            for before, after in ((old, between), (new, old), (between, new)):
                found.append(self._alter(f"RENAME COLUMN {before} TO {after}"))
        return (*found, self._writing([name[::-1] for name in names]))

    def _indexes(self) -> Iterator[_Built]:
        """Yield the statements that build each index for the copies."""
        there = self._there
        copy = TriedCopy(there.context.connection, self._on, there.quoted)
        with copy.undone():
            copy.make(())
            plain = copy.printed()
            first = copy.renamed({new: old for old, new in self._later})
            other = copy.renamed(dict(self._back))
        rows = [*there.rows(INDEXES, self._table), *there.rows(CHECKS, self._table)]
        texts = zip(rows, plain.values(), first.values(), other.values())
        for row, text, definition, renamed in texts:
            if row["kind"] in (INDEX, *KEYS) and text != renamed and not row["exclusion"]:
                yield self._index(row, definition, renamed)

    def _index(self, row: Any, first: str, renamed: str) -> _Built:
        name = short_name(row["name"] + OLD)
        kind = "UNIQUE INDEX" if row["unique"] else "INDEX"
        if self._there.is_partitioned_name(self._table):
            form = IndexForm(kind, first.lstrip(), name, "idx")
            whole = PartitionedIndex(self._there, self._table, name, form)
            later = whole.with_definition(renamed.lstrip())
            return _Built(whole.built(), (whole.gone(),), later.built())
        build, again = (
            Statement(
                f"CREATE {kind} CONCURRENTLY IF NOT EXISTS {self._there.quoted(name)}"
                f" ON {self._on}{definition}",
                f"DROP INDEX CONCURRENTLY IF EXISTS {self._there.quoted(self._schema, name)}",
                self._table,
            )
            for definition in (first, renamed)
        )
        return _Built((build,), (build.reverse(),), (again,))

    def _alter(self, actions: str) -> Statement:
        return self._run(f"ALTER TABLE {self._on} {actions}")

    def _run(self, sql: str) -> Statement:
        return Statement(sql, "", self._table)
