"""What a project's own code answers, as values."""

from collections.abc import Mapping, Sequence
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
class WrittenRevisions:
    """Revisions that were written, each following the one before.

    Attributes:
        files: Their files, by their ids.
        notes: What their reader has to look at.
    """

    files: Mapping[str, Path]
    notes: tuple[str, ...] = ()


Printed: TypeAlias = dict[str, tuple[Sequence[PrintedStatement], str | None]]
"""By revision: what it executes, or why that cannot be told."""
