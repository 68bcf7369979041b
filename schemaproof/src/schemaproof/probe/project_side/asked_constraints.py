"""Constraints that apply to new rows first, and are validated while rows are written."""

from __future__ import annotations

from typing import Iterator

from .safe_steps import Step, Table
from .tables_there import TablesThere
from .written_statements import NewConstraint, Statement, short_name

UNASKED = ("NOT VALID", "NOT ENFORCED")
"""The ends of definitions of constraints that existing rows are not checked against."""


def asked_of_all(there: TablesThere, one: NewConstraint, add: int, validate: int) -> list[Step]:
    """Return the statements that add a constraint for new rows, and that validate existing rows."""
    adding = Statement(not_yet_asked(one), one.undo, one.table)
    asking = validating(one)
    return [
        Step(add, (adding,), (adding.reverse(),), there.existing(one.locked)),
        Step(validate, (asking,), (asking.reverse(),), there.existing([one.table])),
    ]


def validating(one: NewConstraint) -> Statement:
    """Return the statement that validates a constraint for all rows."""
    alter = f"ALTER TABLE {one.on} "
    anew = not_yet_asked(one)[len(alter) :]
    return Statement(
        f"{alter}VALIDATE CONSTRAINT {one.name}",
        f"{alter}DROP CONSTRAINT {one.name}, {anew}",
        one.table,
    )


def not_yet_asked(one: NewConstraint) -> str:
    """Return the statement that adds a constraint without validating existing rows."""
    return one.sql if one.definition.endswith(UNASKED) else one.sql + " NOT VALID"


def not_null_check(
    there: TablesThere, table: Table, on: str, column: str, quoted: str
) -> NewConstraint:
    """Return the CHECK constraint that a column is not null."""
    name = there.quoted(short_name(f"{table[1]}_{column}_is_not_null"))
    return NewConstraint("check", table, on, name, f"CHECK ({quoted} IS NOT NULL)")


def asked_anew(one: NewConstraint, *, is_valid: bool) -> Iterator[Statement]:
    """Yield statements that add a constraint, or add it again, without blocking others."""
    alter = f"ALTER TABLE {one.on} "
    add = not_yet_asked(one)[len(alter) :]
    yield Statement(f"{alter}DROP CONSTRAINT IF EXISTS {one.name}, {add}", "")
    if is_valid:
        yield Statement(f"{alter}VALIDATE CONSTRAINT {one.name}", "")
