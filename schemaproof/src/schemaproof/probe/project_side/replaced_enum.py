"""Enum types that lose labels, while others read and write: another type takes their place.

The columns of the type are replaced as those that change their type are (:mod:`safe_types`); when
the columns swap their names, the types do, too.
"""

from __future__ import annotations

import re
from typing import Any, Iterable

from sqlalchemy.exc import DBAPIError

from .column_parts import NEW, OLD, TypeChange, UnsafeError
from .column_queries import COLUMNS
from .columns_there import ColumnsThere
from .failures import first_line
from .replaced_columns import Additions, ReplacedColumns
from .safe_steps import REPLACE_TYPE, TYPES, Step, Table
from .tables_there import TablesThere
from .written_statements import Statement, Statements, short_name

_SEQUENCE = 2000
_LITERAL = re.compile(r"('(?:[^']|'')*')::[^']+")
_REFUSED = "{}: rows cannot be written with the labels that go any more: {}"
_AGAIN = "DO $$ BEGIN {}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"


class ReplacedEnum(Statements):
    """A type that loses labels: the statements that lock, and facts to do without them.

    Attributes:
        note: The note for the reader about those statements.
        enum: The type, the table and its columns, the labels, the statements that fail if rows use
            a removed label (``guards``), and the reason if the type cannot be replaced.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__(tuple(given["up"]), tuple(given["down"]), None, REPLACE_TYPE)
        self.note: str = given["note"]
        self.enum: dict[str, Any] = given["enum"]


def replaced(there: TablesThere, operations: Iterable[Any]) -> tuple[list[Step], list[Any]]:
    """Return the statements that replace types, and the remaining operations.

    Args:
        there: The tables before the change.
        operations: The change.
    """
    steps: list[Step] = []
    left = []
    for one in operations:
        if not isinstance(one, ReplacedEnum):
            left.append(one)
            continue
        try:
            steps.extend(_steps(there, one.enum, _SEQUENCE + len(steps)))
        except UnsafeError as error:
            there.notes.append(f"{one.note}. Others cannot go on meanwhile, because {error}")
            left.append(one)
        except DBAPIError as error:
            there.notes.append(f"{one.note}. Others cannot go on meanwhile: {first_line(error)}")
            left.append(one)
    return steps, left


def _steps(there: TablesThere, enum: dict[str, Any], sequence: int) -> list[Step]:
    if enum["reason"] is not None:
        raise UnsafeError(enum["reason"])
    schema, name = enum["type"]
    own, new, old = (there.shown((schema, short_name(name + which))) for which in ("", NEW, OLD))
    before, after = (
        "({})".format(", ".join("'{}'".format(one.replace("'", "''")) for one in labels))
        for labels in enum["labels"]
    )
    made = f"CREATE TYPE {new} AS ENUM {after}"
    table: Table = (enum["table"][0], enum["table"][1])
    on = there.shown(table)
    types = {row["name"]: row for row in there.rows(COLUMNS, table)}
    changes = {name: _change(types[name], new) for name in enum["columns"]}
    there_is = ColumnsThere(there.context.connection, table, on, there.quoted)
    found, parts = there_is.replaced(changes, [made])
    columns = {
        name: one._replace(old=one.old._replace(type=old + "[]" * one.old.type.endswith("[]")))
        for name, one in found.items()
    }
    swapped = _renamed(there, own, name + OLD), _renamed(there, new, name)
    back = _renamed(there, own, name + NEW), _renamed(there, old, name)
    additions = Additions(
        first=tuple(enum["guards"]),
        swap=swapped,
        swap_back=back,
        drop=(f"DROP TYPE {old}",),
        again=(_AGAIN.format(f"CREATE TYPE {old} AS ENUM {before}"),),
    )
    gone = [one for one in enum["labels"][0] if one not in enum["labels"][1]]
    if gone:
        there.notes.append(_REFUSED.format(own, ", ".join(gone)))
    in_schema = None if on == there.quoted(table[1]) else table[0]
    create = Statement(made, f"DROP TYPE {new}", stage=TYPES)
    of_table = ReplacedColumns(there, table, in_schema, columns, parts, additions)
    return [Step(TYPES, (create,), (create.reverse(),)), *of_table.steps(sequence)]


def _change(column: Any, new: str) -> TypeChange:
    default = column["default"]
    literal = _LITERAL.fullmatch(default) if default is not None else None
    if default is not None and literal is None:
        raise UnsafeError(f"the default of {column['name']} is an expression: {default}")
    is_array = column["type"].endswith("[]")
    return TypeChange(new + "[]" * is_array, sets_default=True, default=literal and literal[1])


def _renamed(there: TablesThere, type_: str, name: str) -> str:
    return f"ALTER TYPE {type_} RENAME TO {there.quoted(short_name(name))}"
