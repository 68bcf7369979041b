"""Every code that a finding can have, registered once: how bad it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    BREAKING = "breaking"
    """A query or a later migration fails or returns wrong data."""
    INTEGRITY = "integrity"
    """A protection is gone."""
    OPERATIONAL = "operational"
    """Speed, security, maintenance."""
    COSMETIC = "cosmetic"


@dataclass(frozen=True, slots=True)
class Code:
    """What a finding of this code means to its reader."""

    severity: Severity
    recommendation: str


_RESTORE: Final = "Restore it as the model declares it, or change the model and write a revision."
_REMOVE: Final = "Drop it if nobody needs it, or add it to the model and write a revision."
_DATA_FIRST: Final = "Check that the data fits, then restore it as the model declares it."

_STRUCTURE: Final = {
    "schema-missing": Code(Severity.BREAKING, "Create the schema again."),
    "schema-comment": Code(Severity.COSMETIC, _RESTORE),
    "table-missing": Code(
        Severity.BREAKING, "Restore the table from a backup, or create it again empty."
    ),
    "table-unexpected": Code(
        Severity.OPERATIONAL,
        "Move it to a schema that is not managed, add a model for it, or ignore it in"
        " [tool.monps-db].",
    ),
    "table-kind": Code(
        Severity.BREAKING, "Put the table back in place of what now carries its name."
    ),
    "table-comment": Code(Severity.COSMETIC, _RESTORE),
    "column-missing": Code(
        Severity.BREAKING, "Add the column: queries of the model that name it fail."
    ),
    "column-unexpected": Code(Severity.OPERATIONAL, _REMOVE),
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
    "column-identity": Code(Severity.BREAKING, _RESTORE),
    "column-generated": Code(Severity.BREAKING, _RESTORE),
    "column-collation": Code(
        Severity.BREAKING,
        "Change the collation back and reindex: comparisons depend on it.",
    ),
    "column-comment": Code(Severity.COSMETIC, _RESTORE),
    "index-missing": Code(
        Severity.OPERATIONAL, "Create the index again, with CONCURRENTLY on a busy table."
    ),
    "index-unexpected": Code(Severity.OPERATIONAL, _REMOVE),
    "index-changed": Code(Severity.OPERATIONAL, _RESTORE),
    "index-invalid": Code(
        Severity.OPERATIONAL, "Drop the index and create it again: it costs writes and is not used."
    ),
    "index-constraint": Code(Severity.INTEGRITY, _RESTORE),
    "index-comment": Code(Severity.COSMETIC, _RESTORE),
    "unique-index-missing": Code(Severity.INTEGRITY, _DATA_FIRST),
    "unique-index-unexpected": Code(Severity.BREAKING, _REMOVE),
    "unique-index-changed": Code(Severity.INTEGRITY, _DATA_FIRST),
    "unique-index-invalid": Code(
        Severity.INTEGRITY, "Remove the duplicates, drop the index and create it again."
    ),
    "unique-index-constraint": Code(Severity.INTEGRITY, _RESTORE),
    "unique-index-comment": Code(Severity.COSMETIC, _RESTORE),
    "sequence-missing": Code(Severity.BREAKING, _RESTORE),
    "sequence-unexpected": Code(Severity.OPERATIONAL, _REMOVE),
    "sequence-type": Code(Severity.BREAKING, _RESTORE),
    "sequence-start": Code(Severity.COSMETIC, _RESTORE),
    "sequence-increment": Code(Severity.BREAKING, _RESTORE),
    "sequence-minimum": Code(Severity.BREAKING, _RESTORE),
    "sequence-maximum": Code(Severity.BREAKING, _RESTORE),
    "sequence-cache": Code(Severity.OPERATIONAL, _RESTORE),
    "sequence-cycle": Code(Severity.BREAKING, _RESTORE),
    "sequence-owner": Code(Severity.OPERATIONAL, _RESTORE),
}

_CONSTRAINTS: Final = {
    f"{kind}-{what}": code
    for kind in ("primary-key", "unique", "foreign-key", "check", "exclusion")
    for what, code in {
        "missing": Code(Severity.INTEGRITY, _DATA_FIRST),
        "unexpected": Code(Severity.BREAKING, _REMOVE),
        "changed": Code(Severity.INTEGRITY, _DATA_FIRST),
        "comment": Code(Severity.COSMETIC, _RESTORE),
    }.items()
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
        "Name the table in [tool.monps-db] version-table, or stamp the revision that the schema is"
        " at.",
    ),
    "version-unreadable": Code(
        Severity.OPERATIONAL, "Grant the role SELECT on the version table, and check again."
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

CODES: Final[Mapping[str, Code]] = MappingProxyType({**_STRUCTURE, **_CONSTRAINTS, **_HISTORY})
