"""The models, compared with what was recorded of the head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.compare import compare
from schemaproof.errors import HistoryError, LocalServerError
from schemaproof.findings import findings
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history.history import History
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath, path

if TYPE_CHECKING:
    from schemaproof.history.probe_results import RefusedObject


def model_findings(
    history: History, schemas: tuple[str, ...], scratch: ScratchQueries, *, offline: bool = False
) -> Iterator[Finding]:
    """Compare the models with the head, as far as there is one and it was recorded.

    Args:
        history: The revisions.
        schemas: The schemas that are looked at.
        scratch: Loads the models, and has them created.
        offline: Whether nothing else is compared.

    Raises:
        LocalServerError: They have to be created, and there is no server for that (only offline:
            otherwise that is a finding).
    """
    recorded = history.head.recorded if history.head else None
    if recorded is None:
        return
    sources = recorded.model_sources
    if sources is not None and sources == scratch.model_sources():
        return
    with scratch.project_probe() as probe:
        if scratch.fingerprint(probe) == recorded.models:
            return
        try:
            declared = scratch.declared(probe, recorded.snapshot)
        except (LocalServerError, HistoryError) as error:
            if offline:
                raise
            where = ObjectPath(scratch.model_names)
            yield Finding(Code("models", "unverified"), Kind.UNVERIFIED, where, None, error.message)
            return
    compared = compare(declared.snapshot.only(schemas), recorded.snapshot.only(schemas))
    yield from findings.missing_revision(
        one for one in compared.differences if not _is_refused(one.path, declared.refused)
    )
    for refused in declared.refused:
        yield Finding(
            Code("models", "refused"), Kind.MISSING_REVISION, _path(refused), None, refused.message
        )


def _path(refused: RefusedObject) -> ObjectPath:
    parts = (refused.schema, refused.table, refused.name)
    return path(*(part for part in parts if part))


def _is_refused(where: ObjectPath, refused: tuple[RefusedObject, ...]) -> bool:
    """Whether something is different because PostgreSQL has refused it, or its table."""
    return not {_path(one) for one in refused}.isdisjoint(where.enclosing())
