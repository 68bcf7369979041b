"""What new revisions are to do, as the project's Python is told of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from schemaproof.history.asked_changes import Change, described
from schemaproof.history.repair_statements import Statements


@dataclass(frozen=True, slots=True)
class WholeChange:
    """The changes for new revisions.

    Attributes:
        changes: The changes that autogenerate writes.
        statements: The changes that are written as SQL.
        postgresql: The major version of the databases; None when not configured.
    """

    changes: Sequence[Change] = ()
    statements: Sequence[Statements] = ()
    postgresql: int | None = None

    def described(self) -> dict[str, Any]:
        """Return it as the project's Python is told of it."""
        statements = [asdict(one) for one in self.statements]
        changes = described(self.changes)
        return {"changes": changes, "statements": statements, "postgresql": self.postgresql}
