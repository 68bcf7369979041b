"""What is asked of a project's own code, and what it means when that refuses."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from schemaproof.errors import ConfigurationError, HistoryError
from schemaproof.history.alembic_options import import_paths
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.scratch import Scratch
from schemaproof.output import whole_file
from schemaproof.probe.client import Probe, ProjectCode, RefusedError
from schemaproof.probe.interpreter import Interpreter, find_interpreter
from schemaproof.project import Project
from schemaproof.scratch.choice import missing_extension_advice
from schemaproof.scratch.providers import find_providers

_OF_ALEMBIC: Final = frozenset(
    {"CommandError", "RevisionError", "MultipleHeads", "ResolutionError"}
)
_MODELS_REMEDY: Final = (
    "correct them; what is there before the first revision belongs into scratch-sql of"
    " [tool.schemaproof]"
)


@dataclass(frozen=True, slots=True)
class RefusedObject:
    """An object of the models that PostgreSQL refuses to create.

    Attributes:
        schema: Where it would be.
        table: The table that it is, or belongs to; None where it is something else.
        name: Its name, where it has one of its own.
        message: Why.
    """

    schema: str
    table: str | None
    name: str | None
    message: str


@dataclass(frozen=True, slots=True)
class PrintedStatement:
    """SQL that a revision executes, as it was printed.

    Attributes:
        sql: One or several statements.
        line: The line of the revision's file that executes it.
        autocommit: Whether it is executed outside of the revision's transaction.
    """

    sql: str
    line: int
    autocommit: bool


Printed: TypeAlias = dict[str, tuple[Sequence[PrintedStatement], str | None]]
"""By revision: what it executes, or why that cannot be told."""


def interpreter_of(project: Project) -> Interpreter:
    """Return the Python that the project's code runs with.

    Raises:
        ConfigurationError: There is none.
    """
    return find_interpreter(project.root, project.python)


class ProjectProbe:
    """A project's code, for as long as the block lasts.

    Attributes:
        project: Whose code it is.
        version_table: Where env.py has Alembic keep the revision, as far as that was seen.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.version_table = project.version_table
        self._started: Probe | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._started is not None:
            self._started.__exit__(kind, error, trace)

    def revisions(self) -> list[RevisionFile]:
        """Return all revisions as Alembic reads them, each after those that it follows.

        Raises:
            HistoryError: Alembic cannot read them.
        """
        try:
            found = self._probe.ask("revisions")
        except RefusedError as error:
            raise HistoryError(
                f"the revisions cannot be read: {_plain(error)}", remedy=self._see_log()
            ) from error
        return [
            RevisionFile(
                id=one["id"],
                follows=tuple(one["follows"]),
                depends_on=tuple(one["depends_on"]),
                title=one["title"],
                path=Path(one["path"]),
            )
            for one in found
        ]

    def upgrade(self, scratch: Scratch, revision: str) -> None:
        """Apply revisions in a scratch database, up to one, through the project's env.py.

        Raises:
            HistoryError: A revision fails, or env.py does.
        """
        try:
            found = self._probe.ask("upgrade", place=scratch.place.parameters, revision=revision)
        except RefusedError as error:
            raise self._failed(revision, error) from error
        if found:
            self.version_table = (found[0], found[1])

    def text(self, name: str, key: str) -> str:
        """Return what a key of ``[tool.schemaproof]`` names as ``module:attribute``, as text.

        Raises:
            ConfigurationError: It cannot be imported.
        """
        try:
            return str(self._probe.ask("text", name=name))
        except RefusedError as error:
            if error.kind == "import":
                raise self._not_imported(error, key) from error
            raise ConfigurationError(f"the {key} {name!r}: {error.message}") from error

    def fingerprint(self) -> str:
        """Return a digest of the DDL that the models ask for: equal models have equal ones.

        Raises:
            ConfigurationError: The models cannot be loaded.
            HistoryError: They ask for what SQLAlchemy cannot write.
        """
        try:
            digest: str = self._probe.ask("fingerprint")
        except RefusedError as error:
            raise self._no_models(error) from error
        return digest

    def create_models(self, scratch: Scratch) -> tuple[RefusedObject, ...]:
        """Create the models in an empty scratch database, and return what PostgreSQL refuses.

        Raises:
            ConfigurationError: The models cannot be loaded.
            HistoryError: They cannot be created at all.
        """
        try:
            refused = self._probe.ask("create", place=scratch.place.parameters)
        except RefusedError as error:
            raise self._no_models(error) from error
        return tuple(
            RefusedObject(one["schema"] or "public", one["table"], one["name"], one["message"])
            for one in refused
        )

    def write(self, scratch: Scratch | None, options: Mapping[str, Any]) -> Path | None:
        """Write the file of a revision; what the models ask for, where a scratch database is given.

        Returns:
            The file; None when there is no difference between models and database.

        Raises:
            ConfigurationError: Alembic refuses it.
            HistoryError: It cannot be written, or env.py fails.
        """
        place = scratch and scratch.place.parameters
        try:
            path = self._probe.ask("write", place=place, options=options)
        except RefusedError as error:
            raise self._unwritten(error) from error
        return Path(path) if path else None

    def statements(self, revisions: Iterable[str]) -> Printed:
        """Return what the upgrade of each revision executes, or why that cannot be told.

        Raises:
            HistoryError: The revisions cannot be read.
        """
        try:
            found = self._probe.ask("statements", revisions=list(revisions))
        except RefusedError as error:
            raise HistoryError(
                f"the SQL of the revisions cannot be printed: {_plain(error)}",
                remedy=self._see_log(),
            ) from error
        return {
            one["revision"]: (
                [PrintedStatement(**statement) for statement in one["statements"]],
                one["error"]["message"] if "error" in one else None,
            )
            for one in found
        }

    @cached_property
    def _code(self) -> ProjectCode:
        project = self.project
        ini = project.alembic_ini
        # Flask-Migrate keeps the ini file with the revisions, and is called above.
        is_beside_env = ini.parent == project.script_location or not ini.exists()
        return ProjectCode(
            python=interpreter_of(project).path,
            folder=project.root if is_beside_env else ini.parent,
            ini=ini,
            toml=project.pyproject,
            script_location=project.script_location,
            folders=import_paths(project),
            metadata=project.metadata,
            x=project.x_arguments,
            variables=_variables(project),
        )

    @property
    def _probe(self) -> Probe:
        if self._started is None:
            self._started = Probe(self._code)
        return self._started

    def _see_log(self) -> str:
        return self._probe.where()

    def _failed(self, revision: str, error: RefusedError) -> HistoryError | ConfigurationError:
        message = _plain(error)
        if error.details.get("type") in _OF_ALEMBIC:
            return ConfigurationError(message)
        if error.kind in {"elsewhere", "unconnected"}:
            return HistoryError(
                f"env.py does not migrate the scratch database: {message}",
                remedy=f"have it connect by an engine of PostgreSQL; {self._see_log()}",
            )
        return HistoryError(
            f"revision {revision} fails in a scratch database: {message}",
            remedy=_extension_advice(error.details)
            or "correct the revision; what is there before the first one belongs into"
            f" scratch-sql of [tool.schemaproof]; {self._see_log()}",
        )

    def _no_models(self, error: RefusedError) -> HistoryError | ConfigurationError:
        if error.kind == "no-metadata":
            return ConfigurationError(
                f"{error.details['name']!r} is a {error.message}",
                remedy="name a sqlalchemy.MetaData in [tool.schemaproof], as module:attribute",
            )
        if error.kind == "import":
            return self._not_imported(error, "metadata")
        return HistoryError(
            f"the models cannot be created in a scratch database: {_plain(error)}",
            remedy=_MODELS_REMEDY,
        )

    def _not_imported(self, error: RefusedError, key: str) -> ConfigurationError:
        return ConfigurationError(
            f"the {key} {error.details['name']!r} cannot be imported ({error.message})",
            remedy=self._import_remedy(error.details, key),
        )

    def _import_remedy(self, details: Mapping[str, Any], key: str) -> str:
        if not details["import_failed"]:
            return f"see to it that it can be imported; {self._see_log()}"
        package = details["missing"]
        if _is_hidden(package, import_paths(self.project), details["found"]):
            named = f"the package {package!r} of the project has the name of one that is installed"
            return f"{named}: rename it"
        return f"correct {key} in [tool.schemaproof], as module:attribute"

    def _unwritten(self, error: RefusedError) -> HistoryError | ConfigurationError:
        kind, message, number = error.details.get("type"), _plain(error), error.details.get("errno")
        if error.kind in {"import", "no-metadata"}:
            return self._no_models(error)
        if kind in _OF_ALEMBIC:
            return ConfigurationError(message)
        if number:
            return HistoryError(
                f"the revision cannot be written: {os.strerror(number)}",
                remedy=whole_file.remedy_of(OSError(number, os.strerror(number))),
            )
        return HistoryError(
            f"the revision that was generated cannot be written or loaded: {message}",
            remedy="if not the message, then script.py.mako, env.py or a type of the models is at"
            f" fault; {self._see_log()}",
        )


def _variables(project: Project) -> list[str]:
    """Return the variables in which env.py may look for its database."""
    named = [project.url] if project.url and ":" not in project.url else []
    return [*dict.fromkeys(["DATABASE_URL", *named, *project.database_variables])]


def _extension_advice(details: Mapping[str, Any]) -> str | None:
    state, statement = details.get("sqlstate"), details.get("statement")
    return missing_extension_advice(state, statement, find_providers())


def _plain(error: RefusedError) -> str:
    """Return Alembic's own errors without their class, as its command line shows them."""
    kind = error.details.get("type")
    return error.message.removeprefix(f"{kind}: ") if kind in _OF_ALEMBIC else error.message


def _is_hidden(package: str, folders: Sequence[Path], found: Sequence[str]) -> bool:
    """Whether one of these folders holds a package, and one of that name was found elsewhere."""
    own = {
        place
        for folder in folders
        for place in (folder / package, folder / f"{package}.py")
        if package and place.exists()
    }
    return bool(own) and own.isdisjoint(Path(one) for one in found)
