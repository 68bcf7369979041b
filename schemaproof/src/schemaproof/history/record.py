"""Record the contents of scratch databases, and create the models in one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from schemaproof.catalog.canonical_text import read_canonical_snapshot
from schemaproof.catalog.catalog import reading
from schemaproof.catalog.dependencies import read_dependencies
from schemaproof.compare import compare
from schemaproof.connection.raw_sql import rolled_back, rows
from schemaproof.errors import HistoryError, NoModelsError
from schemaproof.history import branches, model_sources, scratch, snapshot_file, starting_point
from schemaproof.history.probe_results import RefusedObject
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile, file_checksum
from schemaproof.history.scratch import Scratch
from schemaproof.history.snapshot_file import RecordedRevision, SnapshotFile
from schemaproof.output import whole_file
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.dependencies import Dependency, State


@dataclass(frozen=True, slots=True)
class Declared:
    """The declared models, created in a scratch database.

    Attributes:
        snapshot: The objects that PostgreSQL has created.
        refused: The objects that PostgreSQL has refused to create.
        dependencies: The dependencies between the created objects.
    """

    snapshot: Snapshot
    refused: tuple[RefusedObject, ...]
    dependencies: tuple[Dependency, ...] = ()

    @property
    def state(self) -> State:
        """The schema, and the dependencies between its objects."""
        return State(self.snapshot, self.dependencies)


def with_models(
    probe: ProjectProbe, files: Sequence[RevisionFile], found: dict[str, RecordedRevision]
) -> dict[str, RecordedRevision]:
    """Return the record, with the fingerprint of the models at the heads.

    The fingerprint is recorded only where the models declare exactly the schema that the heads
    produce, because later checks rely on it.

    Raises:
        ConfigurationError: The models cannot be loaded.
        HistoryError: The models cannot be created at all.
        LocalServerError: There is no server for scratch databases.
    """
    heads, several = branches.target_heads(files, probe.project.target)
    if several or not heads or not found.keys() >= {*heads}:
        return found
    known = found[heads[0]].snapshot if len(heads) == 1 else produced(probe, heads)
    try:
        models = declared(probe, known)
    except NoModelsError:
        # A check reports that the models could not be compared.
        return found
    if models.refused or compare(models.snapshot, known).differences:
        return found
    prints, sources = probe.fingerprint(), model_sources.digest(probe.project)
    alike = {one: replace(found[one], models=prints, model_sources=sources) for one in heads}
    return {**found, **alike}


def produced(probe: ProjectProbe, revisions: Iterable[str]) -> Snapshot:
    """Return the schema after several revisions of different branches.

    Raises:
        HistoryError: A revision fails.
        LocalServerError: There is no server for scratch databases.
    """
    with scratch.project_scratch(probe.project) as database:
        starting_point.make(probe, database)
        for revision in revisions:
            probe.upgrade(database, revision)
        return read(database, probe)


def declared(probe: ProjectProbe, head: Snapshot) -> Declared:
    """Return the schema of the models, created in an empty scratch database.

    Args:
        probe: The project's code.
        head: The schema that the revisions produce; the models need its extensions.

    Raises:
        HistoryError: The models cannot be created at all.
        LocalServerError: There is no server for scratch databases.
    """
    with scratch.project_scratch(probe.project) as database:
        _create_extensions(database, head)
        refused = probe.create_models(database)
        return Declared(read(database, probe), refused, dependencies(database, probe))


def _create_extensions(database: Scratch, head: Snapshot) -> None:
    for thing in head.objects:
        if thing.kind == "extension" and thing.name != "plpgsql":
            name, _, schema = str(thing.definition).removeprefix("CREATE EXTENSION ").partition(" ")
            if schema:
                *_, there = schema.partition("SCHEMA ")
                rows(database.connection, f"CREATE SCHEMA IF NOT EXISTS {there}")
            rows(database.connection, f"CREATE EXTENSION IF NOT EXISTS {name} {schema} CASCADE")
    database.connection.commit()


def recorded(probe: ProjectProbe, database: Scratch, file: RevisionFile) -> RecordedRevision:
    """Return the contents of a scratch database as the result of a revision."""
    return RecordedRevision(
        revision=file.id,
        file_checksum=file_checksum(file.path.read_bytes()),
        models=None,
        snapshot=read(database, probe),
    )


def read(database: Scratch, probe: ProjectProbe) -> Snapshot:
    """Return the schema of a scratch database."""
    with rolled_back(database.connection):
        scope = probe.project.scratch_scope(probe.version_table)
        found = read_canonical_snapshot(database.connection, scope, database.last_read)
    database.last_read = found
    return found


def dependencies(database: Scratch, probe: ProjectProbe) -> tuple[Dependency, ...]:
    """Return the dependencies in a scratch database."""
    with reading(database.connection):
        return read_dependencies(
            database.connection, probe.project.scratch_scope(probe.version_table)
        )


def write(folder: Path, recorded: Mapping[str, RecordedRevision]) -> None:
    """Write the snapshots, each as a whole or not at all.

    Raises:
        HistoryError: A file cannot be written.
    """
    for revision, content in recorded.items():
        target = folder / f"{revision}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            whole_file.write(target, snapshot_file.dumps(content))
        except OSError as error:
            raise HistoryError(
                f"{target} cannot be written: {error.strerror}",
                remedy=whole_file.write_remedy(error),
            ) from error


def differs(old: SnapshotFile | None, new: RecordedRevision) -> bool:
    """Whether a record has to be written again."""
    return old is None or old.text != snapshot_file.dumps(new)


def contradicts(old: SnapshotFile | None, new: RecordedRevision) -> bool:
    """Whether the new record of a revision contradicts the recorded past.

    The fingerprint of the models is not compared: it does not describe the past, and only saves a
    comparison.
    """
    if old is None:
        return False
    if (old.revision, old.file_checksum) != (new.revision, new.file_checksum):
        return True
    return old.snapshot != new.snapshot
