"""The models, compared with what was recorded of the head."""

from __future__ import annotations

from collections.abc import Iterator

from schemaproof.check.scratch_answers import ScratchAnswers
from schemaproof.compare import compare
from schemaproof.errors import HistoryError, LocalServerError
from schemaproof.findings import findings
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history.history import History
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath


def model_findings(
    history: History, schemas: tuple[str, ...], scratch: ScratchAnswers, *, offline: bool
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
    from schemaproof.catalog.expected import fingerprint

    models = scratch.models()
    if fingerprint(models) == recorded.models:
        return
    try:
        declared = scratch.declared(models)
    except (LocalServerError, HistoryError) as error:
        if offline:
            raise
        where = ObjectPath(scratch.model_names)
        yield Finding(Code("models", "unverified"), Kind.UNVERIFIED, where, None, error.message)
        return
    head = recorded.snapshot.only(schemas)
    yield from findings.missing_revision(compare(declared.only(schemas), head).differences)
