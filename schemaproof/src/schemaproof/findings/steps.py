"""What a repair is made of, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto


class Phase(IntEnum):
    """When a statement can run: first goes what is in the way, then comes what others need."""

    RENAME = auto()
    DROP_OBJECTS = auto()
    """Triggers, policies, rules, statistics, publications: nothing depends on them."""
    DROP_VIEWS = auto()
    DROP_CONSTRAINTS = auto()
    DROP_INDEXES = auto()
    DROP_RELATIONS = auto()
    DROP_COLUMNS = auto()
    DROP_DEFINITIONS = auto()
    """Functions, types, operators: relations may depend on them."""
    CREATE_SCHEMAS = auto()
    CREATE_DEFINITIONS = auto()
    CREATE_ROUTINES = auto()
    CREATE_SEQUENCES = auto()
    CREATE_RELATIONS = auto()
    CREATE_PARTITIONS = auto()
    ALTER_RELATIONS = auto()
    ADD_COLUMNS = auto()
    ALTER_COLUMNS = auto()
    ALTER_SEQUENCES = auto()
    CREATE_VIEWS = auto()
    CREATE_INDEXES = auto()
    ADD_KEYS = auto()
    ADD_CHECKS = auto()
    ADD_FOREIGN_KEYS = auto()
    CREATE_OBJECTS = auto()
    ENABLE_TRIGGERS = auto()
    ALTER_OBJECTS = auto()
    OWNERS = auto()
    GRANTS = auto()
    COMMENT = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of a repair.

    Attributes:
        path: The object that it repairs, as a finding names it.
        phase: When it can run.
        sql: The statement, without the semicolon.
        destructive: Whether data can be lost by it.
        unmodelled: Whether it removes something that no model knows, and that may be needed.
        shared: Whether it changes something that others use too.
        creates: What it creates, as PostgreSQL names it where something depends on it.
        drops: What it drops, named likewise.
        needs: The texts of what it drops, which name what that depends on.
    """

    path: str
    phase: Phase
    sql: str
    destructive: bool = False
    unmodelled: bool = False
    shared: bool = False
    creates: str = ""
    drops: str = ""
    needs: str = ""
