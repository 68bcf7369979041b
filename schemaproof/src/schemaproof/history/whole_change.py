"""The changes for new revisions, as they are sent to the project's Python."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from schemaproof.history.asked_changes import Change, described
from schemaproof.history.online_renames import OnlineRename
from schemaproof.history.partitioned_tables import PartitionedTable
from schemaproof.history.repair_statements import Statements


@dataclass(frozen=True, slots=True)
class WholeChange:
    """The changes for new revisions.

    Attributes:
        changes: The changes that autogenerate writes.
        statements: The changes that are written as SQL.
        postgresql: The major version of the databases; None when not configured.
        online: Renames that keep the old names working.
        partitioned: Tables that become partitioned.
        notes: Notes for the reader.
        application: The oldest version of the application that does not need the dropped objects;
            None when it is not given.
    """

    changes: Sequence[Change] = ()
    statements: Sequence[Statements] = ()
    postgresql: int | None = None
    online: Sequence[OnlineRename] = ()
    partitioned: Sequence[PartitionedTable] = ()
    notes: Sequence[str] = ()
    application: str | None = None

    def described(self) -> dict[str, Any]:
        """Return the change as it is sent to the project's Python."""
        statements = [asdict(one) for one in self.statements]
        changes = described(self.changes)
        return {
            "changes": changes,
            "statements": statements,
            "postgresql": self.postgresql,
            "application": self.application,
            "alone": {
                "online": [asdict(one) for one in self.online],
                "partitioned": [asdict(one) for one in self.partitioned],
            },
        }
