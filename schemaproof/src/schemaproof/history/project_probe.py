"""Send requests to the project's own code, and raise typed errors for its failures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from schemaproof.errors import ConfigurationError, HistoryError
from schemaproof.history import probe_results, refusals
from schemaproof.history.alembic_options import import_paths
from schemaproof.history.broken_history import Fault
from schemaproof.history.probe_results import (
    Look,
    Printed,
    PrintedStatement,
    RefusedObject,
    WrittenRevisions,
)
from schemaproof.history.project_code import project_code
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.scratch import Scratch, project_scratch
from schemaproof.history.whole_change import WholeChange
from schemaproof.probe.client import Probe, RefusedError
from schemaproof.project import Project


class ProjectProbe:
    """A project's code, available until the block ends.

    Attributes:
        project: The project of the code.
        version_table: The schema and the name of Alembic's version table: the configured ones until
            env.py has named others.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.version_table = project.version_table
        self._started: Probe | None = None
        self._connects = False
        self._looked: Look | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._started is not None:
            self._started.__exit__(*error)

    def twin(self) -> "ProjectProbe":
        """Return another process for requests at the same time; it ends with this one.

        Raises:
            ProjectCodeError: The project's Python ends.
        """
        twin = ProjectProbe(self.project)
        twin.version_table, twin._started = self.version_table, self._probe.twin()
        return twin

    def load(self) -> None:
        """Load the project's modules and revisions, before the first request that needs them."""
        self._probe.ask("load")

    def end(self) -> None:
        """End running requests, also those of other processes."""
        self._probe.end()

    def revisions(self) -> tuple[list[RevisionFile], list[Fault]]:
        """Return the revisions that the project's Python loads, and the faults of other files.

        Raises:
            HistoryError: Alembic cannot find their folders.
        """
        with self._refused("the revisions cannot be read"):
            return probe_results.revisions(self._ask("revisions"))

    def upgrade(self, scratch: Scratch, revision: str) -> None:
        """Apply revisions in a scratch database, up to one, through the project's env.py.

        Raises:
            HistoryError: A revision fails, or env.py does.
        """
        try:
            found = self._probe.ask("upgrade", place=scratch.place.parameters, revision=revision)
        except RefusedError as error:
            raise refusals.upgrade_refused(error, revision, self._probe.where()) from error
        self._see_version_table(found["version_table"])

    def start(self, scratch: Scratch, function: str) -> None:
        """Call the function (``module:name``) that creates the objects before the first revision.

        Raises:
            ConfigurationError: The function cannot be imported, or fails.
        """
        try:
            found = self._probe.ask("start", place=scratch.place.parameters, function=function)
        except RefusedError as error:
            raise ConfigurationError(
                f"{function} does not make a starting point: {error.message}",
                remedy=f"correct it, or start in [tool.schemaproof]; {self._probe.where()}",
            ) from error
        self._see_version_table(found)

    def text(self, name: str, key: str) -> str:
        """Return the text of the attribute that a key of ``[tool.schemaproof]`` names.

        Raises:
            ConfigurationError: The attribute cannot be imported.
        """
        try:
            return str(self._probe.ask("text", name=name))
        except RefusedError as error:
            if error.kind == "import":
                raise refusals.import_refused(
                    error, key, import_paths(self.project), self._probe.where()
                ) from error
            raise ConfigurationError(f"the {key} {name!r}: {error.message}") from error

    def fingerprint(self) -> str:
        """Return a digest of the DDL that the models ask for; equal models have equal digests.

        Raises:
            ConfigurationError: The models cannot be loaded.
            HistoryError: The models contain something that SQLAlchemy cannot write.
        """
        return str(self._ask_models("fingerprint"))

    def look(self) -> Look:
        """Return the fingerprint and the revisions, with the files that both were read from.

        Raises:
            ConfigurationError: The models cannot be loaded.
            HistoryError: The models contain something that SQLAlchemy cannot write.
        """
        if self._looked is None:
            self._looked = Look(**self._ask_models("look"))
        return self._looked

    def declared_at(self) -> dict[tuple[str, ...], tuple[Path, int]]:
        """Return file and line of tables, columns, constraints and indexes, as far as known.

        Raises:
            ConfigurationError: The models cannot be loaded.
            HistoryError: The models cannot be read.
        """
        found = self._ask_models("declared_at")
        return {tuple(one["names"]): (Path(one["file"]), one["line"]) for one in found}

    def create_models(self, scratch: Scratch) -> tuple[RefusedObject, ...]:
        """Create the models in an empty scratch database, and return what PostgreSQL refuses.

        Raises:
            ConfigurationError: The models cannot be loaded.
            HistoryError: The models cannot be created at all.
        """
        place, schema = scratch.place.parameters, self.project.tenant_schema
        refused = self._ask_models("create", place=place, schema=schema)
        return tuple(map(probe_results.refused_object, refused))

    def downgrade(self, scratch: Scratch, revision: str) -> None:
        """Undo revisions in a scratch database, down to one, through the project's env.py.

        Raises:
            HistoryError: A downgrade fails, or env.py does.
        """
        with self._refused(f"the downgrade to {revision} fails"):
            self._probe.ask("downgrade", place=scratch.place.parameters, revision=revision)

    def write(
        self,
        scratch: Scratch | None,
        options: Mapping[str, Any],
        change: WholeChange = WholeChange(),  # noqa: B008 - it never changes
        *,
        plain: bool = False,
    ) -> WrittenRevisions | None:
        """Write the files of revisions; with their changes, where a scratch database is given.

        Returns:
            The files; None when autogenerate does not know how to make them.

        Raises:
            ConfigurationError: Alembic refuses the request.
            HistoryError: The files cannot be written, or env.py fails.
        """
        place = scratch and scratch.place.parameters
        given = {"options": options, "plain": plain, **change.described()}
        try:
            found = self._probe.ask("write", place=place, **given)
        except RefusedError as error:
            raise refusals.writing_refused(
                error, import_paths(self.project), self._probe.where()
            ) from error
        files = {one["id"]: Path(one["path"]) for one in found["files"]} if found else {}
        return WrittenRevisions(files, tuple(found["notes"])) if found else None

    def statements(self, revisions: Iterable[str]) -> Printed:
        """Return the statements of each revision's upgrade, or why they are unknown.

        Raises:
            HistoryError: The revisions cannot be read.
        """
        with self._refused("the SQL of the revisions cannot be printed"):
            found = self._ask("statements", revisions=list(revisions))
        return {
            one["revision"]: (
                [PrintedStatement(**statement) for statement in one["statements"]],
                one["error"]["message"] if "error" in one else None,
            )
            for one in found
        }

    def _ask(self, do: str, **given: Any) -> Any:
        """Send a request; with a scratch database if the project's code needs a connection."""
        if not self._connects:
            try:
                return self._probe.ask(do, **given)
            except RefusedError as error:
                if error.kind not in {"nowhere", "no-models", "no-target"}:
                    raise
                self._connects = True
        with project_scratch(self.project) as loading:
            return self._probe.ask(do, at=loading.place.parameters, **given)

    @contextmanager
    def _refused(self, what: str) -> Iterator[None]:
        try:
            yield
        except RefusedError as error:
            raise HistoryError(
                f"{what}: {refusals.plain(error)}", remedy=self._probe.where()
            ) from error

    def _see_version_table(self, found: Sequence[str] | None) -> None:
        if found:
            self.version_table = (found[0], found[1])

    def _ask_models(self, do: str, **given: Any) -> Any:
        try:
            return self._ask(do, **given)
        except RefusedError as error:
            raise refusals.models_refused(
                error, import_paths(self.project), self._probe.where()
            ) from error

    @property
    def _probe(self) -> Probe:
        if self._started is None:
            self._started = Probe(project_code(self.project))
        return self._started
