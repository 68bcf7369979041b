"""The objects that depend on columns, and their SQL when the columns have other types and names."""

from __future__ import annotations

import json
from typing import Any, Callable, Iterable, Iterator

from .column_parts import NEW, OLD, ColumnParts, Part, Replaced, Side, TypeChange, UnsafeError
from .column_queries import CHECKS, COLUMNS, FAMILY, FOREIGN_KEYS, INDEXES, KEYS, OTHERS, POLICIES
from .safe_steps import Table
from .tables_there import NO_KEY, TablesThere
from .tried_columns import Texts, Tried, names_beside, policies
from .tried_copy import TriedCopy
from .written_statements import short_name


class ColumnsThere:
    """Existing columns of a table.

    Args:
        there: The tables before the change.
        table: The table.
        on: The table as SQL writes it.
    """

    def __init__(self, there: TablesThere, table: Table, on: str) -> None:
        self._there = there
        self._table = table
        self._on = on
        self._quote = there.quoted
        # The objects that the same change drops are dropped before the columns change.
        self._gone = there.dropped_parts(table)
        self._copy = TriedCopy(there.context.connection, on, there.quoted, self._gone)

    def rewritten(self, changes: dict[str, TypeChange], first: Iterable[str]) -> set[str]:
        """Return the columns whose new types make PostgreSQL rewrite all rows, or build an index.

        Columns that policies use are among them, because PostgreSQL does not change their types.

        Args:
            changes: The new types, by the names of the columns.
            first: The statements that run before.
        """
        policies_of = self._copy.rows(POLICIES, self._on)
        found = {name for row in policies_of for name in json.loads(row["columns"])} & {*changes}
        with self._copy.undone():
            self._copy.make(first)
            for name, one in changes.items():
                files = self._copy.files()
                self._copy.convert(name, one)
                if self._copy.files() != files:
                    found.add(name)
        return found

    def asked_again(self, changes: dict[str, TypeChange]) -> list[Part]:
        """Return the checks that PostgreSQL validates again when columns change their type."""
        with self._copy.undone():
            self._copy.make(())
            plain = self._copy.printed()
            other = self._copy.renamed({name: short_name(name + NEW) for name in changes})
            for name, one in changes.items():
                self._copy.convert(name, one)
            after = self._copy.printed()
        return [
            Part("CHECK", row["name"], self._table, plain[key], "", "", after[key])
            for row in self._copy.rows(CHECKS, self._on)
            for key in ("CHECK" + row["name"],)
            if row["valid"] and plain.get(key) != other.get(key)
        ]

    def replaced(self, columns: Iterable[str], trial: Callable[[TriedCopy], Tried]) -> ColumnParts:
        """Return the columns to be rewritten, and the objects that depend on them.

        Args:
            columns: The names of the columns.
            trial: The function that tries their new types on an empty copy.

        Raises:
            UnsafeError: The columns cannot be replaced while others read and write.
        """
        names = [*columns]
        self._refuse_what_depends(names)
        tried = trial(self._copy)
        found = {
            name: _replaced(tried.old[name], tried.new[name], tried.conversions[name])
            for name in names
        }
        olds, news = (names_beside(names, which) for which in (OLD, NEW))
        parts = [*self._own_parts(tried.texts), *self._keys(olds, news)]
        return ColumnParts(found, parts, policies(self._copy, names))

    def _refuse_what_depends(self, changes: Iterable[str]) -> None:
        if self._copy.rows(FAMILY, self._on)[0]["special"]:
            raise UnsafeError("it has partitions, children or parents")
        if not self._copy.rows(KEYS, self._on):
            raise UnsafeError(NO_KEY)
        columns = {row["name"]: row for row in self._copy.rows(COLUMNS, self._on)}
        for name in changes:
            for what in ("generated", "special"):
                if columns[name][what]:
                    raise UnsafeError(_WHY[what].format(name))
        for row in self._copy.rows(OTHERS, self._on):
            if row["name"] in changes:
                raise UnsafeError(f"{row['what']} depends on it")

    def _own_parts(self, printed: list[Texts]) -> Iterator[Part]:
        """Yield the indexes, also those of constraints, and the checks on the columns."""
        rows = [
            row
            for query in (INDEXES, CHECKS)
            for row in self._copy.rows(query, self._on)
            if row["name"] not in self._gone
        ]
        if len(rows) != len(printed):
            raise UnsafeError("something that depends on it cannot be copied")
        for texts, row in zip(printed, rows):
            if texts.plain == texts.old:
                continue  # The part does not name the columns.
            if row["special"]:
                raise UnsafeError(_WHY["part"].format(row["name"]))
            more = row["unique"], row["valid"], row["suffix"]
            yield Part(row["kind"], row["name"], self._table, *texts, *more)

    def _keys(self, old_names: dict[str, str], new_names: dict[str, str]) -> Iterator[Part]:
        """Yield the foreign keys from and to the columns."""
        for row in self._copy.rows(FOREIGN_KEYS, self._on):
            plain, old, new = (
                self._key(row, names if row["own"] else {}, names if row["inbound"] else {})
                for names in ({}, old_names, new_names)
            )
            table = (row["schema"], row["table"])
            if old == plain or row["name"] in self._there.dropped_parts(table):
                continue
            if table != self._table and self._there.is_partitioned_name(table):
                raise UnsafeError(f"foreign key {row['name']} of a partitioned table refers to it")
            definition = row["definition"]
            if not definition.startswith(plain):
                raise UnsafeError(_WHY["part"].format(row["name"]))
            rest = definition[len(plain) :].replace(" NOT VALID", "")
            yield Part(
                "FOREIGN KEY",
                row["name"],
                table,
                plain + rest,
                old + rest,
                new + rest,
                plain + rest,
                is_valid=row["valid"],
                refers=row["inbound"] and old != self._key(row, old_names, {}),
            )

    def _key(self, row: Any, own: dict[str, str], others: dict[str, str]) -> str:
        parts = []
        for columns, names in ((row["columns"], own), (row["others"], others)):
            quoted = {self._quote(name): self._quote(other) for name, other in names.items()}
            parts.append(", ".join(quoted.get(one, one) for one in json.loads(columns)))
        return "FOREIGN KEY ({}) REFERENCES {}({})".format(parts[0], row["of"], parts[1])


def _replaced(before: Any, after: Any, conversions: tuple[str, str]) -> Replaced:
    was = json.loads(before["numbers"] or "{}")
    numbers = was.get("options")
    return Replaced(
        Side(before["type"], before["default"], conversions[0], numbers),
        Side(
            after["type"],
            after["default"],
            conversions[1],
            numbers and _widened(numbers, before["type"], after["type"]),
        ),
        before["required"],
        before["comment"],
        before["sequence"],
        before["identity"],
        (was["on"], was["name"]) if was else None,
    )


def _widened(options: str, old: str, new: str) -> str:
    """Return a sequence's options with the limits of another type in place of its own."""
    for sign, more in (("", 0), ("-", 1)):
        before, after = (f"VALUE {sign}{_LARGEST.get(one, 0) + more} " for one in (old, new))
        options = options.replace(before, after)
    return options


_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
_WHY = {
    "generated": "{} is a generated column",
    "special": "{} has storage or statistics of its own",
    "part": "{} cannot be created a second time in the same table",
}
