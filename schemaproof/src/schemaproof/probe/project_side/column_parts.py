"""Columns that change their type, and the objects that depend on them, as values."""

from __future__ import annotations

from typing import NamedTuple

from .safe_steps import Table

INDEX = "INDEX"
KEYS = ("UNIQUE", "PRIMARY KEY")
NEW = "__new"
OLD = "__old"
"""The ends of names of columns, keys and indexes, while other columns have the usual names."""


class UnsafeError(Exception):
    """The change cannot be made while others read and write; the text says why."""


class TypeChange(NamedTuple):
    """The changes of a column that gets another type.

    Attributes:
        type: The type that it gets, as SQL writes it.
        sets_default: Whether it gets another default, too.
        default: The new default; None for none.
    """

    type: str
    sets_default: bool
    default: str | None


class Side(NamedTuple):
    """A column with its old or with its new type.

    Attributes:
        type: The type.
        default: Its default; None for none.
        conversion: The SQL that converts a value of the other type to this one; ``{}`` is that
            value.
        numbers: The options of the sequence behind its identity; None without an identity.
    """

    type: str
    default: str | None
    conversion: str
    numbers: str | None


class Replaced(NamedTuple):
    """A column that is replaced by one of another type.

    Attributes:
        old: The present state.
        new: The requested state.
        is_required: Whether it is NOT NULL.
        comment: Its comment; None for none.
        sequence: The sequence that belongs to it; None for none.
        identity: The kind of identity, ``ALWAYS`` or ``BY DEFAULT``; None without an identity.
        numbers: The sequence behind the identity, as SQL writes it, and its name.
    """

    old: Side
    new: Side
    is_required: bool
    comment: str | None
    sequence: str | None
    identity: str | None
    numbers: tuple[str, str] | None


class Part(NamedTuple):
    """A constraint or an index on columns.

    Attributes:
        kind: The kind: ``INDEX``, ``UNIQUE``, ``PRIMARY KEY``, ``CHECK`` or ``FOREIGN KEY``.
        name: Its name.
        table: Its table; a foreign key of another table may refer to the columns.
        plain: The definition before the change.
        old: The definition for the old columns, after they have given their names away.
        new: The definition for the columns of the new types, before they have those names.
        after: The definition for the columns of the new types, when they have those names.
        is_unique: Whether it has a unique index.
        is_valid: Whether PostgreSQL has checked all rows.
        suffix: The clauses after ``USING INDEX``, such as ``DEFERRABLE``.
        refers: Whether it is a foreign key that refers to the columns.
    """

    kind: str
    name: str
    table: Table
    plain: str
    old: str
    new: str
    after: str
    is_unique: bool = False
    is_valid: bool = True
    suffix: str = ""
    refers: bool = False


class ColumnParts(NamedTuple):
    """The columns of a table that are replaced, and the objects that depend on them.

    Attributes:
        columns: The columns, by their names.
        parts: The constraints and indexes.
        policies: The clauses of the row policies, by the names of the policies.
    """

    columns: dict[str, Replaced]
    parts: list[Part]
    policies: dict[str, str]
