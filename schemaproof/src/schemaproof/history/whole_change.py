"""What new revisions are to do, as the project's Python is told of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from schemaproof.history.asked_changes import Change, described
from schemaproof.history.repair_statements import Statements


@dataclass(frozen=True, slots=True)
class WholeChange:
    """What new revisions are to do.

    Attributes:
        changes: What autogenerate writes.
        statements: What is written in SQL.
        postgresql: The major version of the databases; None where nobody says it.
    """

    changes: Sequence[Change] = ()
    statements: Sequence[Statements] = ()
    postgresql: int | None = None

    def described(self) -> dict[str, Any]:
        """Return it as the project's Python is told of it."""
        statements = [asdict(one) for one in self.statements]
        changes = described(self.changes)
        return {"changes": changes, "statements": statements, "postgresql": self.postgresql}
