"""Columns that change their type, and the objects that depend on them, as values."""

from __future__ import annotations

from typing import NamedTuple

from .safe_steps import Table

INDEX = "INDEX"
KEYS = ("UNIQUE", "PRIMARY KEY")
NEW = "__new"
OLD = "__old"
"""What the names end in of columns, and of what stands on them, while others have their names."""


class UnsafeError(Exception):
    """The change cannot be made while others read and write; the text says why."""


class TypeChange(NamedTuple):
    """A column that gets another type.

    Attributes:
        type: The type that it gets, as SQL writes it.
        sets_default: Whether it gets another default, too.
        default: That default; None for none.
    """

    type: str
    sets_default: bool
    default: str | None


class Side(NamedTuple):
    """A column of the old or of the new type.

    Attributes:
        type: The type.
        default: Its default; None for none.
        conversion: What makes a value of it of one of the other type, which stands as ``{}``.
        numbers: The options of the sequence behind its identity; None where it is none.
    """

    type: str
    default: str | None
    conversion: str
    numbers: str | None


class Replaced(NamedTuple):
    """A column that gets another type.

    Attributes:
        old: The present state.
        new: The requested state.
        is_required: Whether it is NOT NULL.
        comment: Its comment; None for none.
        sequence: The sequence that belongs to it; None for none.
        identity: ``ALWAYS`` or ``BY DEFAULT``; None where it is none.
        numbers: The sequence behind that as SQL writes it, and its name.
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
        kind: ``INDEX``, ``UNIQUE``, ``PRIMARY KEY``, ``CHECK`` or ``FOREIGN KEY``.
        name: Its name.
        table: Where it stands: a foreign key of another table may refer to the columns.
        plain: How it is written.
        old: How it is when the columns have given their names away.
        new: How it is for the columns of the new types, before they have those names.
        after: How it is when they have them.
        is_unique: Whether it has a unique index.
        is_valid: Whether it was asked of all rows.
        suffix: What stands after it when it takes an index.
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
