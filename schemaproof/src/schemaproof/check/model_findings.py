"""The models, compared with what was recorded of the head."""

from __future__ import annotations

from collections.abc import Iterator

from schemaproof.compare import compare
from schemaproof.errors import HistoryError, LocalServerError
from schemaproof.findings import findings
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history import model_sources
from schemaproof.history.history import History
from schemaproof.project import Project
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath


def model_findings(project: Project, history: History, *, offline: bool) -> Iterator[Finding]:
    """Compare the models with the head, as far as there is one and it was recorded.

    Raises:
        LocalServerError: They have to be created, and there is no server for that (only offline:
            otherwise that is a finding).
    """
    recorded = history.head.recorded if history.head else None
    if recorded is None:
        return
    sources = recorded.model_sources
    if sources is not None and sources == model_sources.digest(project):
        return
    from schemaproof.catalog.expected import fingerprint
    from schemaproof.history import record
    from schemaproof.history.metadata import load_metadata

    metadata = load_metadata(project)
    if fingerprint(metadata) == recorded.models:
        return
    try:
        declared = record.declared(project, metadata)
    except (LocalServerError, HistoryError) as error:
        if offline:
            raise
        where = ObjectPath(", ".join(project.metadata))
        yield Finding(Code("models", "unverified"), Kind.UNVERIFIED, where, None, error.message)
        return
    head = recorded.snapshot.only(project.schemas)
    yield from findings.missing_revision(compare(declared.only(project.schemas), head).differences)
