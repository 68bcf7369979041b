"""What a project's own code answers, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class RefusedObject:
    """An object of the models that PostgreSQL refuses to create.

    Attributes:
        schema: Where it would be.
        table: The table that it is, or belongs to; None where it is something else.
        name: Its name, where it has one of its own.
        message: Why.
    """

    schema: str
    table: str | None
    name: str | None
    message: str


@dataclass(frozen=True, slots=True)
class PrintedStatement:
    """SQL that a revision executes, as it was printed.

    Attributes:
        sql: One or several statements.
        line: The line of the revision's file that executes it.
        autocommit: Whether it is executed outside of the revision's transaction.
    """

    sql: str
    line: int
    autocommit: bool


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """The file of a revision that was written.

    Attributes:
        path: The file.
        notes: What its reader has to look at.
    """

    path: Path
    notes: tuple[str, ...] = ()


Printed: TypeAlias = dict[str, tuple[Sequence[PrintedStatement], str | None]]
"""By revision: what it executes, or why that cannot be told."""
