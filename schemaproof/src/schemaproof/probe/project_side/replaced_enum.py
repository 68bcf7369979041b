"""Replace enum types that lose labels, while others read and write.

The columns of the type are replaced like columns that change their type (:mod:`safe_types`). When
the columns swap their names, the old and the new type do, too.
"""

from __future__ import annotations

from typing import Any, Iterable

from sqlalchemy.exc import DBAPIError

from . import column_swap
from .column_parts import NEW, OLD, UnsafeError
from .column_swap import TypeSwap
from .columns_there import ColumnsThere
from .failures import first_line
from .replaced_columns import ReplacedColumns
from .safe_steps import REPLACE_TYPE, TYPES, Step, Table
from .tables_there import TablesThere
from .tried_columns import EnumChange, with_labels
from .written_statements import Statement, Statements, short_name

_SEQUENCE = 2000
_REFUSED = "{}: rows with the removed labels can no longer be written: {}"
_AGAIN = "DO $$ BEGIN {}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"


class ReplacedEnum(Statements):
    """A type that loses labels: statements that lock its tables, and facts for lock-safe ones.

    Attributes:
        note: The note for the reader about those statements.
        enum: The type, the tables with their columns and the statements that fail if rows use a
            removed label (``guards``), the labels, and the reason if the type cannot be replaced.
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
        if not isinstance(one, ReplacedEnum) or not one.enum["tables"]:
            left.append(one)
            continue
        try:
            steps.extend(_steps(there, one.enum, _SEQUENCE + len(steps)))
        except UnsafeError as error:
            there.notes.append(
                f"{one.note}. Others cannot read or write meanwhile, because {error}"
            )
            left.append(one)
        except DBAPIError as error:
            there.notes.append(
                f"{one.note}. Others cannot read or write meanwhile: {first_line(error)}"
            )
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
    sides = _renamed(there, own, name + OLD), _renamed(there, own, name + NEW)
    change = EnumChange(own, old, new, f"CREATE TYPE {own} AS ENUM {after}", sides)
    tables = [_replaced_columns(there, one, change) for one in enum["tables"]]
    swap = TypeSwap(
        swap=(sides[0], _renamed(there, new, name)),
        swap_back=(sides[1], _renamed(there, old, name)),
        drop=(f"DROP TYPE {old}",),
        again=(_AGAIN.format(f"CREATE TYPE {old} AS ENUM {before}"),),
    )
    gone = [one for one in enum["labels"][0] if one not in enum["labels"][1]]
    if gone:
        there.notes.append(_REFUSED.format(own, ", ".join(gone)))
    create = Statement(f"CREATE TYPE {new} AS ENUM {after}", f"DROP TYPE {new}", stage=TYPES)
    made = Step(TYPES, (create,), (create.reverse(),))
    return [made, *column_swap.steps(tables, sequence, swap)]


def _replaced_columns(
    there: TablesThere, one: dict[str, Any], change: EnumChange
) -> ReplacedColumns:
    table: Table = (one["table"][0], one["table"][1])
    on, columns = there.shown(table), one["columns"]
    there_is = ColumnsThere(there, table, on)
    found = there_is.replaced(columns, lambda copy: with_labels(copy, columns, change))
    for part in found.parts:
        if part.kind == "FOREIGN KEY":
            raise UnsafeError(f"foreign key {part.name} is on columns of the type")
    schema = None if on == there.quoted(table[1]) else table[0]
    return ReplacedColumns(there, table, schema, found, tuple(one["guards"]))


def _renamed(there: TablesThere, type_: str, name: str) -> str:
    return f"ALTER TYPE {type_} RENAME TO {there.quoted(short_name(name))}"
