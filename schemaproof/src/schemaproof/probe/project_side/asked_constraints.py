"""Constraints that apply to new rows first, and are validated while rows are written."""

from __future__ import annotations

from typing import Iterator

from .safe_steps import Step, Table
from .tables_there import TablesThere
from .written_statements import NewConstraint, Statement, short_name

UNASKED = ("NOT VALID", "NOT ENFORCED")
"""What the definition of one ends in that is asked of no row."""


def asked_of_all(there: TablesThere, one: NewConstraint, add: int, validate: int) -> list[Step]:
    """Return what adds a constraint for new rows, and what asks the others whether it holds."""
    adding = Statement(not_yet_asked(one), one.undo, one.table)
    asking = validating(one)
    return [
        Step(add, (adding,), (adding.reverse(),), there.existing(one.locked)),
        Step(validate, (asking,), (asking.reverse(),), there.existing([one.table])),
    ]


def validating(one: NewConstraint) -> Statement:
    """Return what asks all rows whether a constraint holds."""
    alter = f"ALTER TABLE {one.on} "
    anew = not_yet_asked(one)[len(alter) :]
    return Statement(
        f"{alter}VALIDATE CONSTRAINT {one.name}",
        f"{alter}DROP CONSTRAINT {one.name}, {anew}",
        one.table,
    )


def not_yet_asked(one: NewConstraint) -> str:
    """Return what adds a constraint that need not hold for the rows that are there."""
    return one.sql if one.definition.endswith(UNASKED) else one.sql + " NOT VALID"


def not_null_check(
    there: TablesThere, table: Table, on: str, column: str, quoted: str
) -> NewConstraint:
    """Return the check that a column is not null, named after it."""
    name = there.quoted(short_name(f"{table[1]}_{column}_is_not_null"))
    return NewConstraint("check", table, on, name, f"CHECK ({quoted} IS NOT NULL)")


def asked_anew(one: NewConstraint, *, is_valid: bool) -> Iterator[Statement]:
    """Yield what adds a constraint, whether it is there or not, and without having others wait."""
    alter = f"ALTER TABLE {one.on} "
    add = not_yet_asked(one)[len(alter) :]
    yield Statement(f"{alter}DROP CONSTRAINT IF EXISTS {one.name}, {add}", "")
    if is_valid:
        yield Statement(f"{alter}VALIDATE CONSTRAINT {one.name}", "")
