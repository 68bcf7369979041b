"""The order in which the statements of a repair run."""

from enum import IntEnum, auto


class Phase(IntEnum):
    """The time of a statement: obstacles are removed first, then come objects that others need."""

    RENAME = auto()
    DROP_OBJECTS = auto()
    """Triggers, policies, rules, statistics, publications: nothing depends on them."""
    DROP_VIEWS = auto()
    DROP_CONSTRAINTS = auto()
    DROP_INDEXES = auto()
    DROP_DEFAULTS = auto()
    """Identities too: functions, types and sequences go after them."""
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
    ADD_GENERATED = auto()
    """Columns that are generated from others, which have the right type then."""
    ALTER_SEQUENCES = auto()
    CREATE_INDEXES = auto()
    CREATE_PARTITIONED_INDEXES = auto()
    ADD_KEYS = auto()
    CREATE_VIEWS = auto()
    """Views; a view that groups by a primary key depends on that key."""
    ADD_CHECKS = auto()
    ADD_FOREIGN_KEYS = auto()
    CREATE_OBJECTS = auto()
    ENABLE_TRIGGERS = auto()
    ALTER_OBJECTS = auto()
    OWNERS = auto()
    GRANTS = auto()
    COMMENT = auto()
