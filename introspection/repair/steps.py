"""What a repair is made of, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Phase(IntEnum):
    """When a statement can run: first goes what is in the way, then comes what others need."""

    DROP_CONSTRAINTS = 1
    DROP_INDEXES = 2
    DROP_RELATIONS = 3
    DROP_COLUMNS = 4
    CREATE_SCHEMAS = 5
    CREATE_RELATIONS = 6
    ADD_COLUMNS = 7
    ALTER_COLUMNS = 8
    ALTER_SEQUENCES = 9
    CREATE_INDEXES = 10
    ADD_KEYS = 11
    ADD_CHECKS = 12
    ADD_FOREIGN_KEYS = 13
    COMMENT = 14


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of a repair.

    Attributes:
        path: The object that it repairs, as a finding names it.
        phase: When it can run.
        sql: The statement, without the semicolon.
        destructive: Whether data can be lost by it.
        unmodelled: Whether it removes something that no model knows, and that may be needed.
    """

    path: str
    phase: Phase
    sql: str
    destructive: bool = False
    unmodelled: bool = False
