"""The columns of the ledger, and the error for a ledger that was altered."""

from typing import Final

from schemaproof.errors import TamperedHistoryError
from schemaproof.history.table_safety import InspectedTable
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope

# These are the columns of the first form. An older ledger has only these, and a migration adds the
# others.
_FIRST: Final = {
    "id": "bigint",
    "revision": "text",
    "direction": "text",
    "applied_at": "timestamp with time zone",
    "duration": "interval",
    "role": "text",
    "file_checksum": "text",
    "objects_created": "text[]",
}
_SECOND: Final = {
    "outcome": "text",
    "error": "text",
    "started_at": "timestamp with time zone",
    "host": "text",
    "os_user": "text",
    "application_version": "text",
    "git_commit": "text",
    "fingerprint_before": "text",
    "fingerprint_after": "text",
    "findings": "jsonb",
    "allowed": "text[]",
    "reason": "text",
}
_THIRD: Final = {"column_numbers": "jsonb"}
_FOURTH: Final = {"sqlstate": "text"}
# A step writes these columns. The server fills the others.
_GIVEN: Final = (_FIRST | _SECOND | _THIRD).keys() - {
    "id",
    "applied_at",
    "role",
    "outcome",
    "error",
}


def fault(table: InspectedTable) -> str | None:
    """Return why the table cannot be used as a ledger; None when it can."""
    if table.fault is not None:
        return table.fault
    columns = table.columns
    wanted = _FIRST | (_SECOND if "outcome" in columns else {})
    wanted |= _THIRD if "column_numbers" in columns else {}
    wanted |= _FOURTH if "sqlstate" in columns else {}
    wrong = [name for name, type_ in wanted.items() if columns.get(name) != type_]
    if wrong:
        return f"its columns {', '.join(wrong)} are missing or changed"
    needed = table.needed - _GIVEN
    return f"its columns {', '.join(sorted(needed))} require a value" if needed else None


def altered(scope: Scope, what: str, so: str = "nothing was changed") -> TamperedHistoryError:
    """Return the error for an altered ledger, with its consequence."""
    return TamperedHistoryError(
        f"the ledger {path(*scope.ledger_table)} differs from what the runner created: {what};"
        f" {so}",
        remedy="restore it from a backup, or rename it: a new one is made, without a record of"
        " earlier steps",
    )
