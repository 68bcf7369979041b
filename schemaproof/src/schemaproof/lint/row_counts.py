"""Count the existing rows that a revision would fail on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemaproof.catalog.catalog import inside_transaction
from schemaproof.connection.diagnostics import read_diagnostics
from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.lint.row_checks import RowCheck
from schemaproof.lint.table_statistics import Size
from schemaproof.output.counts import counted

EXAMPLES: Final = 3
_COUNTING: Final = """
WITH found AS ({query})
SELECT
    count(*) AS number,
    (
        SELECT jsonb_agg(shown.offence)
        FROM (SELECT found.offence FROM found LIMIT {examples}) AS shown
    ) AS examples
FROM found
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """A condition, and the rows that violate it.

    Attributes:
        check: The condition.
        count: The number of rows; None when they could not be counted.
        examples: Some of the rows, by primary key.
        problem: The reason why the rows could not be counted; None when they were.
    """

    check: RowCheck
    count: int | None
    examples: tuple[Any, ...] = ()
    problem: str | None = None

    def __str__(self) -> str:
        where = f"{self.check.table}: {self.check.subject}"
        if self.count is None:
            return f"{where}: not counted: {self.problem}"
        examples = ", ".join(json.dumps(one, ensure_ascii=False) for one in self.examples)
        what = counted(self.count, "key" if self.check.rule == "unique-violated" else "row")
        return f"{where}: {what} in the way, such as {examples}"


def count(
    connection: AnyConnection, check: RowCheck, there: Mapping[str, Size], rows_before: str = ""
) -> Counted:
    """Count the rows that would make a revision fail, within the current transaction.

    Args:
        connection: The connection to the database.
        check: The condition.
        there: The sizes of existing tables; a table that a pending revision creates has no rows.
        rows_before: The rows before the revision, as SQL that can follow FROM; those of the table
            if empty.
    """
    if check.table not in there:
        return Counted(check, 0)
    for name in filter(None, (check.table, check.other)):
        if name in there and there[name].unread:
            problem = (
                f"reading the rows of {name} could run code of another role, or some are hidden"
            )
            return Counted(check, None, problem=problem)
    if not check.shown:
        return Counted(check, None, problem="PostgreSQL's parser cannot read the condition")
    try:
        with inside_transaction(connection):
            query = check.query(rows_before or str(check.table))
            [found] = rows(connection, _COUNTING.format(query=query, examples=EXAMPLES))
    except Exception as error:
        if (refusal := read_diagnostics(error)) is None:
            raise
        return Counted(check, None, problem=refusal.message_primary)
    return Counted(check, found["number"], tuple(found["examples"] or ()))
