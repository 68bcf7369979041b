"""The kinds of the parts of a table: columns, constraints and indexes."""

from typing import Final

from schemaproof.schema.codes import CodeFacts
from schemaproof.schema.kinds.kind import (
    BREAKING,
    COMMENT,
    DATA_FIRST,
    INTEGRITY,
    OPERATIONAL,
    PRIVILEGES,
    REMOVE,
    RENAMED,
    RENAMED_UNSEEN,
    RESTORE,
    Container,
    ObjectKind,
    aspects,
)
from schemaproof.schema.phases import Phase

COLUMN: Final = ObjectKind(
    "column",
    Container.RELATION,
    {
        "missing": CodeFacts(BREAKING, "Add the column: queries of the model that name it fail."),
        "unexpected": CodeFacts(OPERATIONAL, REMOVE),
        "order": CodeFacts(
            INTEGRITY,
            "Find out what happened: swapped names can be swapped back; the values of a dropped"
            " column are only in a backup.",
        ),
        "type": CodeFacts(
            BREAKING, "Convert the column to the type of the model, with a revision."
        ),
        "type-modifier": CodeFacts(
            BREAKING, "Check that the values fit, then change length or precision back."
        ),
        "nullability": CodeFacts(
            INTEGRITY, "Change it as the model declares; fill the nulls before SET NOT NULL."
        ),
        "default": CodeFacts(
            BREAKING, "Set the default of the model: inserts rely on it.", extra=OPERATIONAL
        ),
        "identity": CodeFacts(BREAKING, RESTORE),
        "generated": CodeFacts(BREAKING, RESTORE),
        "collation": CodeFacts(
            BREAKING, "Change the collation back and reindex: comparisons depend on it."
        ),
        "storage": CodeFacts(OPERATIONAL, RESTORE),
        "compression": CodeFacts(OPERATIONAL, RESTORE),
        "statistics": CodeFacts(OPERATIONAL, RESTORE),
        "options": CodeFacts(OPERATIONAL, RESTORE),
        **RENAMED,
        **PRIVILEGES,
        **COMMENT,
    },
    {
        **aspects("type", "type_modifier", "nullability", "default", "identity", "generated"),
        **aspects("collation", "storage", "compression", "statistics", "options"),
        **aspects("privileges", "comment"),
    },
    Phase.ADD_COLUMNS,
    Phase.DROP_COLUMNS,
)

_CONSTRAINT: Final = {
    "missing": CodeFacts(INTEGRITY, DATA_FIRST),
    "unexpected": CodeFacts(BREAKING, REMOVE),
    "changed": CodeFacts(INTEGRITY, DATA_FIRST),
    **RENAMED_UNSEEN,
    **COMMENT,
}
# Foreign keys and checks can be NOT VALID. Foreign keys and deferrable constraints use triggers,
# which can be disabled.
_NOT_VALIDATED: Final = {
    "not-validated": CodeFacts(
        INTEGRITY, "Remove the rows that violate it, then VALIDATE CONSTRAINT."
    )
}
_DISABLED: Final = {
    "disabled": CodeFacts(
        INTEGRITY,
        "Enable its triggers again, and look for rows that violate it: {program} check --data.",
    )
}
_VIOLATED: Final = {
    "violated": CodeFacts(
        INTEGRITY, "Remove the rows or add what they refer to, then validate the key."
    ),
    "unverified": CodeFacts(OPERATIONAL, "Check it as a role that may read both tables."),
}
CONSTRAINT_ATTRIBUTES: Final = aspects(
    definition="changed", validated="not-validated", disabled_on="disabled", comment="comment"
)
CONSTRAINTS: Final = {
    name: ObjectKind(
        name,
        Container.RELATION,
        {**_CONSTRAINT, **facts},
        CONSTRAINT_ATTRIBUTES,
        created,
        Phase.DROP_CONSTRAINTS,
        word="CONSTRAINT",
    )
    for name, facts, created in (
        ("primary-key", _DISABLED, Phase.ADD_KEYS),
        ("unique", _DISABLED, Phase.ADD_KEYS),
        ("foreign-key", {**_NOT_VALIDATED, **_DISABLED, **_VIOLATED}, Phase.ADD_FOREIGN_KEYS),
        ("check", _NOT_VALIDATED, Phase.ADD_CHECKS),
        ("exclusion", _DISABLED, Phase.ADD_KEYS),
    )
}

_INDEX: Final = {
    "parent": CodeFacts(OPERATIONAL, "Attach it to the index of the partitioned table again."),
    "clustered": CodeFacts(OPERATIONAL, RESTORE),
    "tablespace": CodeFacts(OPERATIONAL, RESTORE),
    "statistics": CodeFacts(OPERATIONAL, RESTORE),
    "constraint": CodeFacts(INTEGRITY, RESTORE),
    **RENAMED_UNSEEN,
    **COMMENT,
}
INDEX_ATTRIBUTES: Final = {
    **aspects(definition="changed", valid="invalid"),
    **aspects("constraint", "parent", "clustered", "tablespace", "statistics", "comment"),
}
INDEX: Final = ObjectKind(
    "index",
    Container.RELATION,
    {
        **_INDEX,
        "missing": CodeFacts(
            OPERATIONAL, "Create the index again, with CONCURRENTLY on a busy table."
        ),
        "unexpected": CodeFacts(OPERATIONAL, REMOVE),
        "changed": CodeFacts(OPERATIONAL, RESTORE),
        "invalid": CodeFacts(
            OPERATIONAL, "Drop the index and create it again: it costs writes and is not used."
        ),
    },
    INDEX_ATTRIBUTES,
    Phase.CREATE_INDEXES,
    Phase.DROP_INDEXES,
)
UNIQUE_INDEX: Final = ObjectKind(
    "unique-index",
    Container.RELATION,
    {
        **_INDEX,
        "missing": CodeFacts(INTEGRITY, DATA_FIRST),
        "unexpected": CodeFacts(BREAKING, REMOVE),
        "changed": CodeFacts(INTEGRITY, DATA_FIRST),
        "invalid": CodeFacts(
            INTEGRITY, "Remove the duplicates, drop the index and create it again."
        ),
    },
    INDEX_ATTRIBUTES,
    Phase.CREATE_INDEXES,
    Phase.DROP_INDEXES,
    word="INDEX",
)
