"""Compare the models with the snapshot of the head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.compare import compare
from schemaproof.errors import (
    HistoryError,
    LocalServerError,
    NoModelsError,
    SchemaproofError,
)
from schemaproof.findings import findings
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history import refused_objects
from schemaproof.history.history import History
from schemaproof.schema.codes import Code
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath

if TYPE_CHECKING:
    from schemaproof.history.probe_results import RefusedObject
    from schemaproof.history.record import Declared
    from schemaproof.history.snapshot_file import SnapshotFile


def model_findings(
    history: History, schemas: tuple[str, ...], scratch: ScratchQueries, *, offline: bool = False
) -> Iterator[Finding]:
    """Compare the models with the snapshot of the head, if it was recorded.

    Args:
        history: The revisions.
        schemas: The schemas to compare.
        scratch: The queries that load the models, and create them in a scratch database.
        offline: Whether nothing else is compared.

    Raises:
        LocalServerError: The models have to be created, and there is no server for that (raised
            only offline: otherwise there is a finding).
    """
    recorded = history.recorded_heads
    if not recorded or _are_unchanged(recorded, scratch):
        return
    with scratch.project_probe() as probe:
        try:
            known = scratch.fingerprint(probe)
        except NoModelsError as error:
            yield _unverified(scratch, error)
            return
        if {one.models for one in recorded} == {known}:
            return
        try:
            head = history.head_snapshot or scratch.produced_by(history.heads)
            declared = scratch.declared(probe, head)
        except (LocalServerError, HistoryError) as error:
            if offline:
                raise
            yield _unverified(scratch, error)
            return
    compared = compare(declared.snapshot.only(schemas), head.only(schemas))
    yield from findings.missing_revision(
        refused_objects.without_consequences(compared.differences, declared.refused)
    )
    yield from map(_refused, declared.refused)


def _unverified(scratch: ScratchQueries, error: SchemaproofError) -> Finding:
    where = ObjectPath(scratch.model_names)
    return Finding(Code("models", "unverified"), Kind.UNVERIFIED, where, None, error.message)


def _refused(one: RefusedObject) -> Finding:
    where, description = refused_objects.where(one), refused_objects.described(one)
    return Finding(Code("models", "refused"), Kind.MISSING_REVISION, where, None, description)


def declared_by_models(history: History, scratch: ScratchQueries) -> Declared:
    """Return the schema of the models; that of the head when both declare the same.

    Args:
        history: The revisions.
        scratch: The queries that load the models, and create them in a scratch database.

    Raises:
        LocalServerError: The models have to be created, and there is no server for that.
        HistoryError: The models cannot be created at all.
    """
    from schemaproof.history.record import Declared

    recorded, head = history.recorded_heads, history.head_snapshot
    if head is not None and _are_unchanged(recorded, scratch):
        return Declared(head, ())
    with scratch.project_probe() as probe:
        if head is not None and {one.models for one in recorded} == {scratch.fingerprint(probe)}:
            return Declared(head, ())
        return scratch.declared(probe, head or Snapshot())


def _are_unchanged(recorded: Sequence[SnapshotFile], scratch: ScratchQueries) -> bool:
    """Whether the files of the models are those that were recorded with every head."""
    sources = {one.model_sources for one in recorded}
    return None not in sources and sources == {scratch.model_sources()}
