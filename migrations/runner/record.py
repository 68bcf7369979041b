"""Revisions → snapshots: replayed in a scratch database, read back after each."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from core.errors import HistoryError
from core.project import Project
from core.scratch import scratch_database
from introspection import snapshot_file
from introspection.compare import compare
from introspection.expected import file_checksum, fingerprint, materialise
from introspection.settle import read_settled_snapshot
from introspection.shapes import Snapshot
from introspection.snapshot_file import RecordedRevision
from migrations.runner import model_sources
from migrations.runner.replay import upgrade_scratch
from migrations.runner.scopes import scratch_scope


def replayed(
    project: Project, script: ScriptDirectory, metadata: MetaData
) -> dict[str, RecordedRevision]:
    """Apply every revision in an empty scratch database and return what each produces.

    The fingerprint of the models is recorded at the head only when the models really ask for what
    the head produces: it is what later checks believe.
    """
    recorded: dict[str, RecordedRevision] = {}
    with scratch_database(project.root) as engine, engine.connect() as connection:

        def read(revision: str) -> None:
            found = script.get_revision(revision)
            recorded[revision] = RecordedRevision(
                revision=revision,
                file_checksum=file_checksum(Path(found.path).read_bytes()),
                models=None,
                snapshot=read_settled_snapshot(connection, scratch_scope(project)),
            )

        upgrade_scratch(connection, script, metadata, after_each=read)
    heads = script.get_heads()
    if len(heads) == 1:
        head = recorded[heads[0]]
        if not compare(declared(project, metadata), head.snapshot).differences:
            recorded[heads[0]] = replace(
                head, models=fingerprint(metadata), model_sources=model_sources.digest(project)
            )
    return recorded


def declared(project: Project, metadata: MetaData) -> Snapshot:
    """Return what the models declare, created in a scratch database."""
    with scratch_database(project.root) as engine, engine.connect() as connection:
        return materialise(connection, metadata, scratch_scope(project))


def write(folder: Path, recorded: Mapping[str, RecordedRevision]) -> None:
    """Write the snapshots, each as a whole or not at all.

    Raises:
        HistoryError: A file cannot be written.
    """
    for revision, content in recorded.items():
        target = folder / f"{revision}.json"
        partial = folder / f".{revision}.json.partial"
        try:
            folder.mkdir(exist_ok=True)
            partial.write_text(snapshot_file.dumps(content), "utf-8")
            partial.replace(target)
        except OSError as error:
            raise HistoryError(
                f"{target} cannot be written: {error.strerror}", remedy="make the folder writable"
            ) from error
        finally:
            with suppress(OSError):
                partial.unlink()


def contradicts(old: RecordedRevision | None, new: RecordedRevision) -> bool:
    """Whether the new record of a revision says something else about the past.

    What is known of the models is not about the past: it only saves a comparison.
    """
    if old is None:
        return False
    return replace(old, models=new.models, model_sources=new.model_sources) != new
