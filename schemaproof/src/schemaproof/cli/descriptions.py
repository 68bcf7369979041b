"""Read a schema by name: a revision, the models, a database, or a snapshot file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from schemaproof.catalog.catalog import reading
from schemaproof.check import database_description
from schemaproof.check.model_findings import declared_by_models
from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.cli import find_database, progress
from schemaproof.cli.connection import connected_to_read
from schemaproof.cli.pending import revision_named
from schemaproof.compare import Comparison, compare
from schemaproof.connection.database_url import is_postgresql
from schemaproof.errors import HistoryError
from schemaproof.history import changes, snapshot_file
from schemaproof.history.history import History, load_history
from schemaproof.history.tenants import expected_history
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.codes import Code
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath, path

if TYPE_CHECKING:
    from schemaproof.connection.raw_sql import AnyConnection
    from schemaproof.lint.table_statistics import Size

MODELS: Final = "models"
LIVE: Final = "live"
HEAD: Final = "head"
BASE: Final = "base"
_OTHERS: Final = "head, base, models, live, the URL of a database, or the name of a snapshot file"


def is_database(name: str) -> bool:
    """Whether a name means a database: ``live``, or a URL."""
    return name == LIVE or is_postgresql(name)


def _in_file(path: Path) -> Snapshot:
    found = snapshot_file.read(path.parent, path.stem)
    if found is None:
        raise click.UsageError(f"there is no snapshot file {path}")
    return found.snapshot


@dataclass(frozen=True, slots=True)
class Description:
    """A schema, and the source that it was read from.

    Attributes:
        name: The name of the source.
        snapshot: The schema.
        revisions: The revisions that produce exactly this schema; None for other sources.
        sizes: The sizes of its tables, when they were read from a database.
    """

    name: str
    snapshot: Snapshot
    revisions: tuple[str, ...] | None = None
    sizes: Mapping[str, Size] = field(default_factory=dict)


# There are no slots, because the history is cached in the __dict__.
@dataclass(frozen=True)
class Descriptions:
    """Read the schemas of a project by name.

    Attributes:
        project: The project.
    """

    project: Project

    @cached_property
    def history(self) -> History:
        """The revisions with their snapshots."""
        return expected_history(load_history(self.project), self.project.tenant_names)

    def read(
        self, name: str, *, like: Snapshot | None = None, with_sizes: bool = False
    ) -> Description:
        """Return a description, limited to the schemas of the project.

        Args:
            name: A revision (its id or the beginning of one; ``head``, ``base``), ``models``,
                ``live``, the URL of a database, or a snapshot file.
            like: The schema that it is compared with. In shared schemas of a database, only
                objects of the history or of this schema are read.
            with_sizes: Whether the sizes of tables are read from a database.

        Raises:
            UsageError: Nothing has this name.
            HistoryError: A revision has no snapshot, or a snapshot cannot be read.
            LocalServerError: The models have to be created, and there is no server for that.
        """
        with progress.shown("reading the schema"):
            if name == LIVE:
                with connected_to_read() as connection:
                    return self._read_database(name, connection, like, with_sizes=with_sizes)
            if is_postgresql(name):
                return self._read_other_database(name, like, with_sizes=with_sizes)
            found = self._recorded(name)
            return Description(name, found.snapshot.only(self.project.schemas), found.revisions)

    def _read_both(self, first: str, second: str) -> tuple[Description, Description]:
        """Return two descriptions to compare; see :meth:`read`."""
        if not is_database(first):
            one = self.read(first)
            return one, self.read(second, like=one.snapshot)
        other = self.read(second)
        return self.read(first, like=other.snapshot), other

    def compared(self, first: str, second: str) -> tuple[Description, Comparison]:
        """Return a description, and its comparison with another one; see :meth:`read`."""
        one, other = self._read_both(first, second)
        found = compare(one.snapshot, other.snapshot)
        if not any(difference.textual for difference in found.differences):
            return one, found
        same = self._same_texts(one, other) | self._same_texts(other, one)
        real = (each for each in found.differences if (each.code, each.path) not in same)
        return one, replace(found, differences=tuple(real))

    def _same_texts(self, one: Description, other: Description) -> set[tuple[Code, ObjectPath]]:
        """Return code and path of the texts that differ only in how PostgreSQL prints them.

        A scratch database decides, if revisions produce the first schema.
        """
        if not one.revisions:
            return set()
        found = compare(one.snapshot, other.snapshot).differences
        with progress.shown("comparing texts in a scratch database"):
            real = ScratchQueries(self.project).real_differences(
                one.revisions, one.snapshot, other.snapshot, found
            )
        left = {(each.code, each.path) for each in real}
        return {(each.code, each.path) for each in found} - left

    def _recorded(self, name: str) -> Description:
        if name == MODELS:
            declared = declared_by_models(self.history, ScratchQueries(self.project))
            return Description(name, declared.snapshot)
        if name == BASE:
            return Description(name, changes.empty_database(self.history.head_snapshot), ())
        file = Path(name)
        if file.suffix == ".json":
            return Description(name, _in_file(file))
        heads = self.history.heads
        revisions = heads if name in {HEAD, "heads"} else (self._revision(name),)
        found = self.history.joined_snapshot(revisions)
        if found is None:
            raise HistoryError(
                f"no snapshot records the schema of {', '.join(revisions)}",
                remedy=f"record what the revisions produce: {command_line('snapshot')}",
            )
        return Description(name, found, revisions)

    def _revision(self, name: str) -> str:
        try:
            return revision_named(self.history, name)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message}; other names are {_OTHERS}") from error

    def _read_other_database(
        self, url: str, like: Snapshot | None, *, with_sizes: bool
    ) -> Description:
        import psycopg2

        from schemaproof.connection.driver_errors import translate_driver_error
        from schemaproof.connection.interrupt import interruptible

        other = find_database.named("the URL", url, os.environ)
        name = other.described()["database"]
        try:
            with interruptible(), closing(other.connect_to_read()) as connection:
                return self._read_database(name, connection, like, with_sizes=with_sizes)
        except psycopg2.Error as error:
            raise translate_driver_error(error, other.settings()) from error

    def _read_database(
        self, name: str, connection: AnyConnection, like: Snapshot | None, *, with_sizes: bool
    ) -> Description:
        from schemaproof.lint.table_statistics import table_sizes

        found = database_description.read(connection, self.project.scope, self.history, like)
        if not with_sizes:
            return Description(name, found)
        names = [path(*one) for one in found.relation_names()]
        with reading(connection):
            return Description(name, found, sizes=table_sizes(connection, names))
