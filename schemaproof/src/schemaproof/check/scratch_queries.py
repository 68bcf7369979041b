"""Queries that run the project's code or use a scratch database.

Most checks need none of them, so the modules for them are imported on first use.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from schemaproof.compare import Difference
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.schema_renaming import renamed

if TYPE_CHECKING:
    from schemaproof.history.project_probe import ProjectProbe
    from schemaproof.history.record import Declared
    from schemaproof.history.version_table_form import VersionTableForm


Remember: TypeAlias = Callable[[str, Hashable, Callable[[], Any], Callable[[Any], bool]], Any]
"""A function that remembers answers. Its arguments are the name of the question, the key that the
answer depends on, the function that finds the answer, and the function that says whether an answer
may be remembered."""


def _anew(_name: str, _key: Hashable, work: Callable[[], Any], _: Callable[[Any], bool]) -> Any:
    return work()


@dataclass(frozen=True, slots=True)
class ScratchQueries:
    """The queries that load a project's models, and replay its history in scratch databases.

    Attributes:
        project: The project with the models and the history.
        remembered: The function that caches results.
    """

    project: Project
    remembered: Remember = _anew

    def real_differences(
        self,
        revisions: Sequence[str],
        expected: Snapshot,
        actual: Snapshot,
        differences: Sequence[Difference],
    ) -> tuple[Difference, ...]:
        """Drop differences between texts that PostgreSQL only prints differently."""
        from schemaproof.check import text_equivalence

        found: tuple[Difference, ...] = self.remembered(
            f"texts {self.project.tenant or ''}",
            (tuple(revisions), tuple(differences)),
            lambda: text_equivalence.real_differences(
                self.project, revisions, expected, actual, differences
            ),
            text_equivalence.are_decided,
        )
        return found

    def produced_by(self, revisions: Sequence[str]) -> Snapshot:
        """Return the schema that several branches produce together, which no snapshot records.

        Raises:
            LocalServerError: There is no server for scratch databases.
        """
        from schemaproof.history import record

        def produced() -> Snapshot:
            with self.project_probe() as probe:
                found = record.produced(probe, revisions)
            names = self.project.tenant_names
            return renamed(found, *names) if names else found

        name = f"branches {self.project.tenant or ''}"
        found: Snapshot = self.remembered(name, tuple(revisions), produced, lambda _: True)
        return found

    def version_table_form(self) -> VersionTableForm:
        """Return the version table as the project's own Alembic makes it.

        Raises:
            SchemaproofError: There is no scratch database to make the table in, or a revision
                fails.
        """
        from schemaproof.history import version_table_form

        found: VersionTableForm = self.remembered(
            "version table",
            (),
            lambda: version_table_form.read_form(self.project),
            lambda _: True,
        )
        return found

    @property
    def model_names(self) -> str:
        """The place of the models, as the project's settings name it."""
        return ", ".join(self.project.metadata) or "env.py"

    def model_sources(self) -> str | None:
        """Return the digest of the models' files, as :func:`model_sources.digest` does."""
        from schemaproof.history import model_sources

        return model_sources.digest(self.project)

    def project_probe(self) -> ProjectProbe:
        """Return a process that runs the project's own code until the block ends."""
        from schemaproof.history.project_probe import ProjectProbe

        return ProjectProbe(self.project)

    def fingerprint(self, probe: ProjectProbe) -> str:
        """Return the fingerprint of the models, remembered or computed by the project's code."""
        from schemaproof.history import known_code

        return known_code.look(probe).models

    def declared(self, probe: ProjectProbe, head: Snapshot) -> Declared:
        """Return the schema that the models declare, where the revisions produce ``head``.

        Raises:
            HistoryError: The models cannot be created at all.
            LocalServerError: There is no server for scratch databases.
        """
        from schemaproof.history import known_code

        return known_code.declared(probe, self.fingerprint(probe), head)
