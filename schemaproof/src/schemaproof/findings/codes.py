"""Every code of a finding, with its severity and recommendation."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemaproof.schema.codes import Code, CodeFacts, Severity
from schemaproof.schema.kinds import KINDS

__all__ = ["CODES", "Code", "CodeFacts", "Severity", "code"]

_OF_NO_OBJECT: Final = {
    Code("encoding", "unverified"): CodeFacts(
        Severity.OPERATIONAL, "Dump the database, and restore it into one with the encoding UTF8."
    ),
    Code("database", "setting"): CodeFacts(
        Severity.BREAKING, "Reset the setting, or declare it in [tool.schemaproof.settings]."
    ),
    Code("role", "setting"): CodeFacts(
        Severity.BREAKING, "Reset the setting, or declare it in [tool.schemaproof.settings]."
    ),
    Code("role", "connect"): CodeFacts(
        Severity.BREAKING, "Grant CONNECT on the database to the role: it cannot begin a session."
    ),
    Code("database", "collation-version"): CodeFacts(
        Severity.INTEGRITY,
        "Rebuild the indexes (REINDEX DATABASE), then run ALTER DATABASE ... REFRESH COLLATION"
        " VERSION.",
    ),
    Code("hypertable", "missing"): CodeFacts(
        Severity.BREAKING, "Make it a hypertable again (create_hypertable), by the declared column."
    ),
    Code("hypertable", "interval"): CodeFacts(
        Severity.OPERATIONAL,
        "Set it back (set_chunk_time_interval), or declare the right interval.",
    ),
    Code("hypertable", "policy"): CodeFacts(
        Severity.OPERATIONAL, "Add the policy again, or remove it, as [tool.schemaproof] declares."
    ),
    Code("partition", "missing"): CodeFacts(
        Severity.BREAKING,
        "Create it: {program} partitions ensure; until then rows of its period are refused.",
    ),
    Code("partition", "bounds"): CodeFacts(
        Severity.BREAKING,
        "Detach it, move its rows, and create one with the right bounds; if its detachment was"
        " interrupted: {program} partitions detach",
    ),
    Code("partition", "unverified"): CodeFacts(
        Severity.OPERATIONAL, "Check it as a role that may read it and owns the types of its key."
    ),
    Code("partition", "violated"): CodeFacts(
        Severity.INTEGRITY,
        "Move the rows: insert them into the partitioned table, and delete them where they are.",
    ),
    Code("revision", "pending"): CodeFacts(Severity.OPERATIONAL, "Run: alembic upgrade head"),
    Code("revision", "unknown"): CodeFacts(
        Severity.BREAKING,
        "Check out the code that holds this revision, or stamp the revision that the schema is at.",
    ),
    Code("revision", "file-changed"): CodeFacts(
        Severity.BREAKING,
        "Restore the file from version control; a change belongs in a new revision.",
    ),
    Code("revision", "applied-otherwise"): CodeFacts(
        Severity.BREAKING,
        "Restore the file that was applied here, or change this database as the file now says,"
        " and stamp it: alembic stamp --purge REVISION",
    ),
    Code("revision", "unusable"): CodeFacts(
        Severity.BREAKING, "Correct the file, or restore it from version control."
    ),
    Code("revision", "unmerged"): CodeFacts(
        Severity.BREAKING,
        "Finish the merge: keep the correct lines, and remove the conflict markers.",
    ),
    Code("revision", "duplicate"): CodeFacts(
        Severity.BREAKING,
        "Change the id of the revision that was applied nowhere, and correct its down_revision.",
    ),
    Code("revision", "without-parent"): CodeFacts(
        Severity.BREAKING, "Restore the file of that revision, or correct the id in this file."
    ),
    Code("revision", "circular"): CodeFacts(
        Severity.BREAKING, "Correct down_revision in the one that was written last."
    ),
    Code("version", "empty"): CodeFacts(
        Severity.BREAKING, "Stamp the revision that the schema is at: alembic stamp REVISION"
    ),
    Code("version", "missing"): CodeFacts(
        Severity.OPERATIONAL,
        "Name the table in [tool.schemaproof] version-table, or stamp the revision that the schema"
        " is at.",
    ),
    Code("version", "altered"): CodeFacts(
        Severity.BREAKING,
        "Find out who altered or created it, and undo that; the next migration refuses to use it.",
    ),
    Code("version", "unreadable"): CodeFacts(
        Severity.OPERATIONAL, "Grant the role SELECT on the version table, and check again."
    ),
    Code("version", "unverified"): CodeFacts(
        Severity.OPERATIONAL,
        "The table differs from what Alembic usually creates, and how this project creates it is"
        " unknown: make {program} snapshot work, and check again.",
    ),
    Code("ledger", "altered"): CodeFacts(
        Severity.BREAKING,
        "Restore the table from a backup, or rename it: the next migration creates a new one,"
        " without a record of earlier steps.",
    ),
    Code("audit", "altered"): CodeFacts(
        Severity.INTEGRITY,
        "Find out who altered it, then repair it: {program} audit install",
    ),
    Code("audit", "disabled"): CodeFacts(
        Severity.INTEGRITY,
        "Find out who disabled the recording of DDL commands, then repair it: {program} audit"
        " install",
    ),
    Code("audit", "filled"): CodeFacts(
        Severity.OPERATIONAL, "Delete old rows from the table of the audit."
    ),
    Code("audit", "unreadable"): CodeFacts(
        Severity.OPERATIONAL,
        "Grant the role pg_read_all_stats, or SELECT on the table, and check again.",
    ),
    Code("role", "deviation"): CodeFacts(
        Severity.OPERATIONAL, "Run what {program} roles --sql prints, as a superuser."
    ),
    Code("ledger", "unreadable"): CodeFacts(
        Severity.OPERATIONAL,
        "Grant the role SELECT on the ledger, and check again.",
    ),
    Code("branches", "unverified"): CodeFacts(
        Severity.OPERATIONAL,
        "Start the local server or set $scratch_url, and check again.",
    ),
    Code("version", "rows"): CodeFacts(
        Severity.BREAKING, "Leave one row in alembic_version: alembic stamp --purge REVISION"
    ),
    Code("several", "heads"): CodeFacts(
        Severity.BREAKING,
        "Merge the branches (alembic merge heads), or name the intended heads: target in"
        " [tool.schemaproof]",
    ),
    Code("snapshot", "missing"): CodeFacts(
        Severity.OPERATIONAL, "Record what the revision produces: {program} snapshot"
    ),
    Code("snapshot", "of-no-revision"): CodeFacts(
        Severity.OPERATIONAL, "Restore the revision's file, or remove the snapshot."
    ),
    Code("baseline-entry", "unused"): CodeFacts(
        Severity.COSMETIC, "Remove the entry: the difference that it accepts no longer exists."
    ),
    Code("baseline-entry", "expired"): CodeFacts(
        Severity.OPERATIONAL, "Resolve the difference, or set a later date in the entry."
    ),
    Code("models", "refused"): CodeFacts(
        Severity.BREAKING, "Correct the models: PostgreSQL cannot create this."
    ),
    Code("models", "unverified"): CodeFacts(
        Severity.OPERATIONAL,
        "Start the local server, set $scratch_url, or name the models: metadata in"
        " [tool.schemaproof]; and check again.",
    ),
}

CODES: Final[Mapping[Code, CodeFacts]] = MappingProxyType(
    {
        **{
            kind.code(aspect): facts
            for kind in KINDS.values()
            for aspect, facts in kind.facts.items()
        },
        **_OF_NO_OBJECT,
    }
)
_BY_TEXT: Final = {str(code): code for code in CODES}


def code(text: str) -> Code:
    """Parse the code in a file or in a row of PostgreSQL.

    Raises:
        KeyError: There is no such code.
    """
    return _BY_TEXT[text]
