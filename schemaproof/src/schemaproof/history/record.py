"""Revisions → snapshots: replayed in a scratch database, read back after each."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from schemaproof.catalog.canonical_text import read_canonical_snapshot
from schemaproof.compare import compare
from schemaproof.connection.raw_sql import rolled_back, rows
from schemaproof.errors import HistoryError
from schemaproof.history import model_sources, scratch, snapshot_file, starting_point
from schemaproof.history.probe_answers import RefusedObject
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile, file_checksum
from schemaproof.history.scopes import scratch_scope
from schemaproof.history.scratch import Scratch
from schemaproof.history.snapshot_file import RecordedRevision, SnapshotFile
from schemaproof.output import whole_file
from schemaproof.schema.shapes import Snapshot

_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the models declare, created in a scratch database.

    Attributes:
        snapshot: What PostgreSQL has created.
        refused: What it has refused to create.
    """

    snapshot: Snapshot
    refused: tuple[RefusedObject, ...]


def replayed(
    probe: ProjectProbe, files: Sequence[RevisionFile], *, wanted: Collection[str] | None = None
) -> dict[str, RecordedRevision]:
    """Apply revisions in empty scratch databases and return what each produces.

    What a revision produces is the schema after it and the revisions that it needs, and no others:
    a branch is replayed without its siblings.

    The fingerprint of the models is recorded at the head only when the models really ask for what
    the head produces: it is what later checks believe.

    Args:
        probe: The project's code.
        files: Its revisions, each after those that it follows or depends on.
        wanted: The revisions to return; all when None.

    Raises:
        HistoryError: A revision fails.
        LocalServerError: There is no server for scratch databases.
    """
    needs = _needs(files)
    recorded: dict[str, RecordedRevision] = {}
    waiting = [revision for revision in needs if wanted is None or revision in wanted]
    while waiting:
        # The last one: on the way to it most of the others are passed.
        passed, before = _passed(probe, files, target=waiting[-1], needs=needs)
        recorded.update(passed)
        waiting = [one for one in waiting if one not in recorded and one not in before]
    heads = heads_of(files)
    if len(heads) == 1 and heads[0] in recorded:
        head = recorded[heads[0]]
        found = declared(probe, head.snapshot)
        if not found.refused and not compare(found.snapshot, head.snapshot).differences:
            recorded[heads[0]] = replace(
                head,
                models=probe.fingerprint(),
                model_sources=model_sources.digest(probe.project),
            )
    return {one: recorded[one] for one in needs if one in recorded and one in (wanted or recorded)}


def heads_of(files: Sequence[RevisionFile]) -> list[str]:
    """Return the revisions that none follows."""
    followed = {parent for file in files for parent in file.follows}
    return [file.id for file in files if file.id not in followed]


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
    """Return what the models declare, created in an empty scratch database.

    Args:
        probe: The project's code.
        head: What the revisions produce: the models take its extensions for granted.

    Raises:
        HistoryError: The models cannot be created at all.
        LocalServerError: There is no server for scratch databases.
    """
    with scratch.project_scratch(probe.project) as database:
        _create_extensions(database, head)
        refused = probe.create_models(database)
        return Declared(read(database, probe), refused)


def _create_extensions(database: Scratch, head: Snapshot) -> None:
    for thing in head.objects:
        if thing.kind == "extension" and thing.name != "plpgsql":
            name, _, schema = str(thing.definition).removeprefix("CREATE EXTENSION ").partition(" ")
            if schema:
                *_, there = schema.partition("SCHEMA ")
                rows(database.connection, f"CREATE SCHEMA IF NOT EXISTS {there}")
            rows(database.connection, f"CREATE EXTENSION IF NOT EXISTS {name} {schema} CASCADE")
    database.connection.commit()


def _needs(files: Sequence[RevisionFile]) -> dict[str, frozenset[str]]:
    """Return every revision with the ones that it needs, itself included, base first."""
    needs: dict[str, frozenset[str]] = {}
    for file in files:
        before = (needs[parent] for parent in (*file.follows, *file.depends_on))
        needs[file.id] = frozenset({file.id}).union(*before)
    return needs


def _passed(
    probe: ProjectProbe,
    files: Sequence[RevisionFile],
    *,
    target: str,
    needs: Mapping[str, frozenset[str]],
) -> tuple[dict[str, RecordedRevision], frozenset[str]]:
    """Upgrade to a revision; record each on the way that has all it needs and nothing else.

    Each revision runs in a process and a session of its own, as where a database stops there. One
    that fails so, and passes in one run from the beginning, is recorded as that run leaves it.

    Returns:
        What was recorded, and the revisions before the starting point, which never run.
    """
    found: dict[str, RecordedRevision] = {}
    with ExitStack() as stack:
        database = stack.enter_context(scratch.project_scratch(probe.project))
        stamped = starting_point.make(probe, database)
        begun = frozenset[str]().union(*(needs.get(one, ()) for one in stamped))
        applied = [*begun]
        for file in files:
            if file.id in stamped and begun == needs[file.id]:
                found[file.id] = _recorded(probe, database, file)
            if file.id not in needs[target] or file.id in begun:
                continue
            try:
                probe.upgrade(database, file.id)
            except HistoryError as error:
                database = stack.enter_context(scratch.project_scratch(probe.project))
                _run_at_once(probe, database, [file.id, *applied], error)
            applied.append(file.id)
            if needs[file.id].issuperset(applied):
                found[file.id] = _recorded(probe, database, file)
    return found, begun


def _recorded(probe: ProjectProbe, database: Scratch, file: RevisionFile) -> RecordedRevision:
    return RecordedRevision(
        revision=file.id,
        file_checksum=file_checksum(file.path.read_bytes()),
        models=None,
        snapshot=read(database, probe),
    )


def _run_at_once(
    probe: ProjectProbe, database: Scratch, revisions: Sequence[str], alone: HistoryError
) -> None:
    """Apply a revision with all that it needs in one run, then those that it does not need.

    Raises:
        HistoryError: It fails there, too; this is how it fails alone.
    """
    try:
        starting_point.make(probe, database)
        for revision in revisions:
            probe.upgrade(database, revision)
    except HistoryError:
        raise alone from None
    _LOGGER.warning(
        "%s; it passes in one run with all that it follows, and is recorded from there; a database"
        " that stopped before it cannot be upgraded",
        alone.message,
    )


def read(database: Scratch, probe: ProjectProbe) -> Snapshot:
    """Return the schema of a scratch database."""
    with rolled_back(database.connection):
        scope = scratch_scope(probe.project, probe.version_table)
        return read_canonical_snapshot(database.connection, scope)


def write(folder: Path, recorded: Mapping[str, RecordedRevision]) -> None:
    """Write the snapshots, each as a whole or not at all.

    Raises:
        HistoryError: A file cannot be written.
    """
    for revision, content in recorded.items():
        target = folder / f"{revision}.json"
        try:
            folder.mkdir(exist_ok=True)
            whole_file.write(target, snapshot_file.dumps(content))
        except OSError as error:
            raise HistoryError(
                f"{target} cannot be written: {error.strerror}",
                remedy=whole_file.write_remedy(error),
            ) from error


def differs(old: SnapshotFile | None, new: RecordedRevision) -> bool:
    """Whether a record has to be written anew."""
    return old is None or old.text != snapshot_file.dumps(new)


def contradicts(old: SnapshotFile | None, new: RecordedRevision) -> bool:
    """Whether the new record of a revision says something else about the past.

    What is known of the models is not about the past: it only saves a comparison.
    """
    if old is None:
        return False
    if (old.revision, old.file_checksum) != (new.revision, new.file_checksum):
        return True
    return old.snapshot != new.snapshot
