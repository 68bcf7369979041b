"""The row of the ledger about a step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from schemaproof.findings.findings import Finding
from schemaproof.history.history import History
from schemaproof.migrate.gate_overrides import DATA_LOSS, GateOverrides
from schemaproof.migrate.identity import Identity

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The values of a ledger row that the program writes.

    Attributes:
        revision: The revision that is applied, undone or stamped.
        direction: ``upgrade``, ``downgrade``, ``stamp`` or ``adopt``.
        file_checksum: The checksum of the revision's file; None when there is none.
        seconds: The duration of the step, by a clock that does not jump; None in a script.
        fingerprint_before: The fingerprint of the catalogs before the step, if they were read.
        fingerprint_after: The fingerprint of the catalogs after the step, if they were read.
        findings: The differences from the snapshot after the step, as JSON; None when not compared.
        identity: The user and the program that migrate.
        overrides: The refusals that the gate was told to override, with the reason.
        tables: Schemas and names of the tables whose column numbers are recorded; those of tables
            that were recorded before are recorded again where they changed.
        not_tables: Schemas and names of the tables whose recorded column numbers stay as they are.
    """

    revision: str
    direction: str
    file_checksum: str | None
    identity: Identity
    overrides: GateOverrides
    seconds: float | None = None
    fingerprint_before: str | None = None
    fingerprint_after: str | None = None
    findings: str | None = None
    tables: Sequence[tuple[str, str]] = ()
    not_tables: Sequence[tuple[str, str]] = ()

    def parameters(self) -> dict[str, Any]:
        """Return the values for the statements that write a row."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        del own["identity"], own["overrides"]
        return {
            **own,
            **asdict(self.identity),
            "allowed": ",".join(sorted(self._allowed())),
            "reason": self.overrides.reason,
            "tables": json.dumps(self.tables),
            "not_tables": json.dumps(self.not_tables),
        }

    def _allowed(self) -> frozenset[str]:
        accepts = self.direction == "downgrade" and self.overrides.accepts_data_loss
        return self.overrides.allowed | {DATA_LOSS} if accepts else self.overrides.allowed


def row_of_step(
    step: MigrationInfo, history: History, identity: Identity, overrides: GateOverrides
) -> Row:
    """Return the known values of a step before it runs."""
    revision = step.up_revision_id or ""
    known = history.revisions.get(revision)
    return Row(
        revision=revision,
        direction=direction(step),
        file_checksum=known.file_checksum if known else None,
        identity=identity,
        overrides=overrides,
    )


def dumps(findings: Iterable[Finding]) -> str:
    """Return findings as JSON."""
    # There are no escapes, because a database that is not in UTF-8 cannot store those of non-ASCII
    # characters.
    return json.dumps([_plain(finding) for finding in findings], ensure_ascii=False)


def _plain(finding: Finding) -> dict[str, Any]:
    """Return a finding as values, without its line, which may move.

    The author of the change is left out, too: the audit records it, and earlier versions cannot
    read it.
    """
    left_out = {"location", "changed_by"}
    return {name: value for name, value in asdict(finding).items() if name not in left_out}


def direction(step: MigrationInfo) -> str:
    """Return the direction of a step: ``upgrade``, ``downgrade`` or ``stamp``."""
    if step.is_stamp:
        return "stamp"
    return "upgrade" if step.is_upgrade else "downgrade"
