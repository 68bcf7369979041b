"""Change the types of columns in an empty copy of their table, to see what PostgreSQL does."""

from __future__ import annotations

import json
from typing import Any, Iterable, NamedTuple

from .column_parts import NEW, OLD, TypeChange
from .column_queries import CHECKS, COLUMNS, INDEXES, POLICIES
from .tried_copy import COPY, TriedCopy
from .written_statements import short_name


class Texts(NamedTuple):
    """The SQL of an index or a check.

    Attributes:
        plain: The SQL before the change.
        old: The SQL for the old columns, after the swap of names.
        new: The SQL for the new columns, before the swap of names.
        after: The SQL for the new columns, after the swap of names.
    """

    plain: str
    old: str
    new: str
    after: str


class Tried(NamedTuple):
    """The result of a change of types in an empty copy of a table.

    Attributes:
        old: The old columns, by name.
        new: The new columns, by name.
        conversions: The conversions of each column: to the old type, and to the new one.
        texts: The SQL of each index and each check, in their order.
    """

    old: dict[str, Any]
    new: dict[str, Any]
    conversions: dict[str, tuple[str, str]]
    texts: list[Texts]


class EnumChange(NamedTuple):
    """An enum type that is replaced by another one.

    Attributes:
        name: The name that the old type has first, and the new type later, as SQL writes it.
        old: The name of the old type while the new one has that name, as SQL writes it.
        new: The name of the new type while the old one has that name.
        made: The statement that creates the new type under that name.
        sides: The statements that rename the old type to ``old``, and the new one to ``new``.
    """

    name: str
    old: str
    new: str
    made: str
    sides: tuple[str, str]


def names_beside(columns: Iterable[str], which: str) -> dict[str, str]:
    """Return the temporary names of columns, by their usual names."""
    return {name: short_name(name + which) for name in columns}


def policies(copy: TriedCopy, columns: Iterable[str]) -> dict[str, str]:
    """Return the clauses of the policies that name columns, by the names of the policies."""
    return {
        row["name"]: " ".join(
            f"{clause} ({row[key]})"
            for clause, key in (("USING", "using"), ("WITH CHECK", "check"))
            if row[key] is not None
        )
        for row in copy.rows(POLICIES, copy.on)
        if set(json.loads(row["columns"])) & set(columns)
    }


def with_types(copy: TriedCopy, changes: dict[str, TypeChange], first: Iterable[str]) -> Tried:
    """Change the types of columns in the copy, where PostgreSQL can convert the values.

    Args:
        copy: The copy, which does not exist yet.
        changes: The new types, by the names of the columns.
        first: The statements that run before.

    Raises:
        UnsafeError: Something that depends on the columns does not fit the new types.
    """
    there = {row["name"]: row for row in copy.rows(COLUMNS, copy.on)}
    with copy.undone():
        copy.make(first)
        plain, old = copy.printed(), copy.renamed(names_beside(changes, OLD))
        to_new = {name: copy.convert(name, one) for name, one in changes.items()}
        _require_policies(copy, changes)
        columns, after = copy.columns(), copy.printed()
        new = copy.renamed(names_beside(changes, NEW))
        conversions = {
            name: (copy.convert(name, _bare(there[name]["type"], columns[name])), to_new[name])
            for name in changes
        }
    return Tried(there, columns, conversions, _texts(plain, old, new, after))


def with_labels(copy: TriedCopy, columns: list[str], change: EnumChange) -> Tried:
    """Give columns of the copy another enum type, and create again what depends on them.

    Args:
        copy: The copy, which does not exist yet.
        columns: The columns.
        change: The types.

    Raises:
        UnsafeError: Something that depends on the columns does not fit the new type.
    """
    there = {row["name"]: row for row in copy.rows(COLUMNS, copy.on)}
    parts = [*copy.rows(INDEXES, copy.on), *copy.rows(CHECKS, copy.on)]
    clauses = policies(copy, columns)
    with copy.undone():
        copy.make(())
        plain = copy.printed()
        copy.run(change.sides[0])
        before, old = copy.columns(), copy.renamed(names_beside(columns, OLD))
        copy.make_bare((change.made,))
        for name in columns:
            _change_labels(copy, there[name], change.name)
        for number, row in enumerate(parts):
            copy.require(row["name"], _made_again(copy, row, number))
        for name, text in clauses.items():
            copy.require(f"policy {name}", f"CREATE POLICY {copy.quote(name)} ON {COPY} {text}")
        after = copy.printed()
        copy.run(change.sides[1])
        new_columns, new = copy.columns(), copy.renamed(names_beside(columns, NEW))
    types = {name: {**there[name], "type": before[name]["type"]} for name in columns}
    conversions = {}
    for name in columns:
        array = _array(there[name]["type"])
        conversions[name] = f"{{}}::text::{change.old}{array}", f"{{}}::text::{change.new}{array}"
    again = (dict(zip(plain, one.values())) for one in (new, after))
    return Tried(types, new_columns, conversions, _texts(plain, old, *again))


def _change_labels(copy: TriedCopy, column: Any, type_: str) -> None:
    name = copy.quote(column["name"])
    alter, type_ = f"ALTER TABLE {COPY} ALTER COLUMN {name} ", type_ + _array(column["type"])
    copy.run(f"{alter}TYPE {type_} USING {name}::text::{type_}")
    if column["default"] is not None:
        sql = f"{alter}SET DEFAULT {column['default']}"
        copy.require(f"the default of {column['name']}", sql)


def _made_again(copy: TriedCopy, row: Any, number: int) -> str:
    if row["kind"] == "CHECK":
        return f"ALTER TABLE {COPY} ADD CONSTRAINT {copy.quote(row['name'])} {row['text']}"
    kind = "UNIQUE INDEX" if row["unique"] else "INDEX"
    return f"CREATE {kind} schemaproof_{number} ON {COPY}{row['text']}"


def _require_policies(copy: TriedCopy, columns: Iterable[str]) -> None:
    for name, text in policies(copy, columns).items():
        with copy.undone():
            copy.require(f"policy {name}", f"CREATE POLICY {copy.quote(name)} ON {COPY} {text}")


def _texts(plain: dict[str, str], *others: dict[str, str]) -> list[Texts]:
    # A part that PostgreSQL builds again comes after the others.
    return [Texts(text, *(one[key] for one in others)) for key, text in plain.items()]


def _array(type_: str) -> str:
    return "[]" if type_.endswith("[]") else ""


def _bare(type_: str, column: Any) -> TypeChange:
    return TypeChange(type_, sets_default=column["default"] is not None, default=None)
