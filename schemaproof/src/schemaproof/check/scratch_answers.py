"""What a check asks of a scratch database: for that the whole project is needed.

Few checks ask anything, so what this needs is imported when it is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemaproof.compare import Difference
from schemaproof.project import Project
from schemaproof.schema.shapes import Snapshot

if TYPE_CHECKING:
    from schemaproof.history.version_table_form import VersionTableForm


@dataclass(frozen=True, slots=True)
class ScratchAnswers:
    """Replays a project's history in scratch databases.

    Attributes:
        project: Whose history it is.
    """

    project: Project

    def real_differences(
        self,
        revision: str,
        expected: Snapshot,
        actual: Snapshot,
        differences: Sequence[Difference],
    ) -> tuple[Difference, ...]:
        """Return the differences without those that are only another print of the same thing."""
        from schemaproof.check import text_equivalence

        return text_equivalence.real_differences(
            self.project, revision, expected, actual, differences
        )

    def produced_by(self, revisions: Sequence[str]) -> Snapshot:
        """Return the schema after branches that are not merged: no snapshot has both.

        Raises:
            LocalServerError: There is no server for scratch databases.
        """
        from schemaproof.history import record
        from schemaproof.history.alembic_scripts import script_directory
        from schemaproof.history.metadata import load_metadata

        metadata = load_metadata(self.project)
        return record.produced(self.project, script_directory(self.project), metadata, revisions)

    def version_table_form(self) -> VersionTableForm:
        """Return the version table as the project's own Alembic makes it."""
        from schemaproof.history import version_table_form

        return version_table_form.read_form(self.project)
