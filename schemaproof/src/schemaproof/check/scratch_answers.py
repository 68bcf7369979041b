"""What a check asks of the project itself: its models, and a scratch database.

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
    from sqlalchemy import MetaData

    from schemaproof.history.version_table_form import VersionTableForm


@dataclass(frozen=True, slots=True)
class ScratchAnswers:
    """Loads a project's models, and replays its history in scratch databases.

    Attributes:
        project: Whose models and history they are.
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

        script = script_directory(self.project)
        return record.produced(self.project, script, self.models(), revisions)

    def version_table_form(self) -> VersionTableForm:
        """Return the version table as the project's own Alembic makes it."""
        from schemaproof.history import version_table_form

        return version_table_form.read_form(self.project)

    @property
    def model_names(self) -> str:
        """Where the models are, as the project says it."""
        return ", ".join(self.project.metadata)

    def model_sources(self) -> str | None:
        """Return the digest of the models' files, as :func:`model_sources.digest` does."""
        from schemaproof.history import model_sources

        return model_sources.digest(self.project)

    def models(self) -> MetaData:
        """Load the models.

        Raises:
            ConfigurationError: They are not where the project says.
        """
        from schemaproof.history.metadata import load_metadata

        return load_metadata(self.project)

    def declared(self, models: MetaData) -> Snapshot:
        """Return what the models declare.

        Raises:
            HistoryError: PostgreSQL refuses what they ask for.
            LocalServerError: There is no server for scratch databases.
        """
        from schemaproof.history import record

        return record.declared(self.project, models)
