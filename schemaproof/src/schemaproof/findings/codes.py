"""Every code that a finding can have, registered once: how bad it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemaproof.findings.object_codes import OBJECT_CODES
from schemaproof.findings.severity import (
    DATA_FIRST,
    GIVE_BACK,
    GRANTS,
    REMOVE,
    RESTORE,
    Code,
    Severity,
)

__all__ = ["CODES", "Code", "Severity"]

_STRUCTURE: Final = {
    "schema-missing": Code(Severity.BREAKING, "Create the schema again."),
    "schema-open": Code(
        Severity.OPERATIONAL,
        "Revoke CREATE on the schema from PUBLIC: anybody can put objects there that statements of"
        " others find by their name.",
    ),
    "schema-comment": Code(Severity.COSMETIC, RESTORE),
    "schema-owner": Code(Severity.OPERATIONAL, GIVE_BACK),
    "schema-privileges": Code(Severity.OPERATIONAL, GRANTS),
    "column-missing": Code(
        Severity.BREAKING, "Add the column: queries of the model that name it fail."
    ),
    "column-unexpected": Code(Severity.OPERATIONAL, REMOVE),
    "column-order": Code(
        Severity.INTEGRITY,
        "Find out what was done: names that were swapped can be swapped back, and what a column"
        " held before it was dropped comes from a backup only.",
    ),
    "column-type": Code(
        Severity.BREAKING, "Convert the column to the type of the model, with a revision."
    ),
    "column-type-modifier": Code(
        Severity.BREAKING, "Check that the values fit, then change length or precision back."
    ),
    "column-nullability": Code(
        Severity.INTEGRITY, "Fill or refuse the nulls as the model expects, then change it back."
    ),
    "column-default": Code(Severity.BREAKING, "Set the default of the model: inserts rely on it."),
    "column-identity": Code(Severity.BREAKING, RESTORE),
    "column-generated": Code(Severity.BREAKING, RESTORE),
    "column-collation": Code(
        Severity.BREAKING,
        "Change the collation back and reindex: comparisons depend on it.",
    ),
    "column-storage": Code(Severity.OPERATIONAL, RESTORE),
    "column-compression": Code(Severity.OPERATIONAL, RESTORE),
    "column-statistics": Code(Severity.OPERATIONAL, RESTORE),
    "column-options": Code(Severity.OPERATIONAL, RESTORE),
    "column-privileges": Code(Severity.OPERATIONAL, GRANTS),
    "column-comment": Code(Severity.COSMETIC, RESTORE),
    "sequence-missing": Code(Severity.BREAKING, RESTORE),
    "sequence-unexpected": Code(Severity.OPERATIONAL, REMOVE),
    "sequence-type": Code(Severity.BREAKING, RESTORE),
    "sequence-start": Code(Severity.COSMETIC, RESTORE),
    "sequence-increment": Code(Severity.BREAKING, RESTORE),
    "sequence-minimum": Code(Severity.BREAKING, RESTORE),
    "sequence-maximum": Code(Severity.BREAKING, RESTORE),
    "sequence-cache": Code(Severity.OPERATIONAL, RESTORE),
    "sequence-cycle": Code(Severity.BREAKING, RESTORE),
    "sequence-owned-by": Code(Severity.OPERATIONAL, RESTORE),
    "sequence-persistence": Code(Severity.OPERATIONAL, RESTORE),
    "sequence-owner": Code(Severity.OPERATIONAL, GIVE_BACK),
    "sequence-privileges": Code(Severity.OPERATIONAL, GRANTS),
    "sequence-comment": Code(Severity.COSMETIC, RESTORE),
}

_PLACED: Final = {
    "parent": Code(Severity.OPERATIONAL, "Attach it to the index of the partitioned table again."),
    "clustered": Code(Severity.OPERATIONAL, RESTORE),
    "tablespace": Code(Severity.OPERATIONAL, RESTORE),
    "statistics": Code(Severity.OPERATIONAL, RESTORE),
    "comment": Code(Severity.COSMETIC, RESTORE),
}
_INDEXES: Final = {
    "index": {
        **_PLACED,
        "missing": Code(
            Severity.OPERATIONAL, "Create the index again, with CONCURRENTLY on a busy table."
        ),
        "unexpected": Code(Severity.OPERATIONAL, REMOVE),
        "changed": Code(Severity.OPERATIONAL, RESTORE),
        "invalid": Code(
            Severity.OPERATIONAL,
            "Drop the index and create it again: it costs writes and is not used.",
        ),
        "constraint": Code(Severity.INTEGRITY, RESTORE),
    },
    "unique-index": {
        **_PLACED,
        "missing": Code(Severity.INTEGRITY, DATA_FIRST),
        "unexpected": Code(Severity.BREAKING, REMOVE),
        "changed": Code(Severity.INTEGRITY, DATA_FIRST),
        "invalid": Code(
            Severity.INTEGRITY, "Remove the duplicates, drop the index and create it again."
        ),
        "constraint": Code(Severity.INTEGRITY, RESTORE),
    },
}

_CONSTRAINTS: Final = {
    f"{kind}-{what}": code
    for kind in ("primary-key", "unique", "foreign-key", "check", "exclusion")
    for what, code in {
        "missing": Code(Severity.INTEGRITY, DATA_FIRST),
        "unexpected": Code(Severity.BREAKING, REMOVE),
        "changed": Code(Severity.INTEGRITY, DATA_FIRST),
        "not-validated": Code(
            Severity.INTEGRITY, "Remove the rows that violate it, then VALIDATE CONSTRAINT."
        ),
        "disabled": Code(
            Severity.INTEGRITY,
            "Enable its triggers again, and look for rows that violate it: monps-db check --data.",
        ),
        "comment": Code(Severity.COSMETIC, RESTORE),
    }.items()
}

# A foreign key or check can be NOT VALID; what is deferrable or refers to rows needs triggers.
_NEVER: Final = frozenset(
    {
        *("primary-key-not-validated", "unique-not-validated", "exclusion-not-validated"),
        "check-disabled",
    }
)

_LIVE: Final = {
    "sequence-behind": Code(
        Severity.BREAKING, "Move the sequence behind the largest key: the next insert fails."
    ),
    "sequence-exhausted": Code(
        Severity.BREAKING, "Widen the type of column and sequence: no value is left."
    ),
    "sequence-unverified": Code(
        Severity.OPERATIONAL, "Check it as a role that may read the sequence and its table."
    ),
    "foreign-key-violated": Code(
        Severity.INTEGRITY, "Remove the rows or add what they refer to, then validate the key."
    ),
    "foreign-key-unverified": Code(
        Severity.OPERATIONAL, "Check it as a role that may read both tables."
    ),
    "encoding-unverified": Code(
        Severity.OPERATIONAL, "Restore a dump of the database into one in UTF8."
    ),
    "database-setting": Code(
        Severity.BREAKING, "Reset it, or declare it in [tool.schemaproof.settings]."
    ),
    "role-setting": Code(
        Severity.BREAKING, "Reset it, or declare it as part.name in [tool.schemaproof.settings]."
    ),
    "role-connect": Code(
        Severity.BREAKING, "Grant CONNECT on the database to the role: it cannot begin a session."
    ),
    "database-collation-version": Code(
        Severity.INTEGRITY,
        "Rebuild what is sorted (REINDEX DATABASE), then ALTER DATABASE ... REFRESH COLLATION"
        " VERSION.",
    ),
    "collation-version": Code(
        Severity.INTEGRITY,
        "Rebuild the indexes that use it, then ALTER COLLATION ... REFRESH VERSION.",
    ),
}

_HISTORY: Final = {
    "revision-pending": Code(Severity.OPERATIONAL, "Run: alembic upgrade head"),
    "revision-unknown": Code(
        Severity.BREAKING,
        "Check out the code that holds this revision, or stamp the revision that the schema is at.",
    ),
    "revision-file-changed": Code(
        Severity.BREAKING,
        "Restore the file from version control; a change belongs into a new revision.",
    ),
    "revision-applied-otherwise": Code(
        Severity.BREAKING,
        "Restore the file that was applied here, or bring this database to what it says now and"
        " stamp it: alembic stamp --purge REVISION",
    ),
    "version-empty": Code(
        Severity.BREAKING, "Stamp the revision that the schema is at: alembic stamp REVISION"
    ),
    "version-missing": Code(
        Severity.OPERATIONAL,
        "Name the table in [tool.schemaproof] version-table, or stamp the revision that the schema"
        " is at.",
    ),
    "version-altered": Code(
        Severity.BREAKING,
        "See who has altered it or made it first, and take that back; the next migration refuses to"
        " read or write it.",
    ),
    "version-unreadable": Code(
        Severity.OPERATIONAL, "Grant the role SELECT on the version table, and check again."
    ),
    "ledger-altered": Code(
        Severity.BREAKING,
        "Restore the table from a backup, or rename it: the next migration makes a new one, which"
        " knows of nothing that could be undone.",
    ),
    "role-deviation": Code(
        Severity.OPERATIONAL, "Run what monps-db roles --sql prints, as a superuser."
    ),
    "ledger-unreadable": Code(
        Severity.OPERATIONAL,
        "Grant the role SELECT on public.monps_migration_ledger, and check again.",
    ),
    "branches-unverified": Code(
        Severity.OPERATIONAL,
        "Start the local server (monps-db server start) or set DB_SCRATCH_URL, and check again.",
    ),
    "version-rows": Code(
        Severity.BREAKING, "Leave one row in alembic_version: alembic stamp --purge REVISION"
    ),
    "several-heads": Code(Severity.BREAKING, "Merge the branches: alembic merge heads"),
    "snapshot-missing": Code(
        Severity.OPERATIONAL, "Record what the revision produces: monps-db snapshot"
    ),
    "snapshot-of-no-revision": Code(
        Severity.OPERATIONAL, "Restore the revision's file, or remove the snapshot."
    ),
    "baseline-entry-unused": Code(
        Severity.COSMETIC, "Remove the entry: what it accepted is not there any more."
    ),
    "baseline-entry-expired": Code(
        Severity.OPERATIONAL, "Settle the difference, or give the entry a later date."
    ),
    "models-unverified": Code(
        Severity.OPERATIONAL,
        "Start the local server (monps-db server start) or set DB_SCRATCH_URL, and check again.",
    ),
}

CODES: Final[Mapping[str, Code]] = MappingProxyType(
    {
        **_STRUCTURE,
        **{
            f"{kind}-{what}": code
            for kind, codes in _INDEXES.items()
            for what, code in codes.items()
        },
        **{name: code for name, code in _CONSTRAINTS.items() if name not in _NEVER},
        **OBJECT_CODES,
        **_LIVE,
        **_HISTORY,
    }
)
