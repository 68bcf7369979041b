"""Checks before a migration or step, in addition to the comparison of the schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final

from alembic.runtime.migration import MigrationInfo
from sqlalchemy import Connection

from schemaproof.catalog.catalog import inside_transaction
from schemaproof.check import history_findings
from schemaproof.errors import HistoryError, MigrationRefusedError
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history import ledger
from schemaproof.history.history import History
from schemaproof.history.version_table import LiveHistory
from schemaproof.migrate import gate
from schemaproof.migrate.gate import Policy
from schemaproof.migrate.gate_overrides import DATA_LOSS, GateOverrides
from schemaproof.migrate.ledger_row import direction
from schemaproof.project import LintOptions
from schemaproof.schema.codes import Code
from schemaproof.schema.scope import Scope

if TYPE_CHECKING:
    from schemaproof.lint.revisions import Printer

_SHOWN: Final = 10


def refuse_tampered_history(
    scope: Scope, history: History, live: LiveHistory, policy: Policy
) -> None:
    """Refuse if the history differs from what was recorded, or has several heads.

    Raises:
        MigrationRefusedError: The history differs, or has several heads.
    """
    grounds: dict[str, list[Finding]] = {"tampering": [], "heads": []}
    for finding in (
        *history_findings.in_database(history, live, scope),
        *history_findings.in_files(history),
    ):
        if finding.kind is Kind.TAMPERED:
            is_about_heads = finding.code == Code("several", "heads")
            if is_about_heads and not history.is_recorded:
                # With several heads, Alembic itself asks which one is meant.
                continue
            grounds["heads" if is_about_heads else "tampering"].append(finding)
    for ground, what in (
        ("tampering", "the history differs from what was recorded"),
        ("heads", "the history has several heads"),
    ):
        if not policy.lets_pass(ground):
            gate.refuse(ground, what, grounds[ground])


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsafeRevisions:
    """Revisions that the linter refuses.

    Attributes:
        scope: The roles that may own tables.
        history: All revisions.
        policy: The policy of the gate.
        printer: The function that prints the SQL of revisions.
        options: The rules that the linter leaves out, and the additional ones.
        searched: The schema of objects that revisions name without one.
    """

    scope: Scope
    history: History
    policy: Policy
    printer: Printer
    options: LintOptions
    searched: str

    def refuse(self, connection: Connection, steps: Sequence[MigrationInfo]) -> None:
        """Refuse where a revision that would be applied has an error of the linter's.

        Raises:
            MigrationRefusedError: A pending revision has such an error.
        """
        pending = [step.up_revision_id or "" for step in steps if step.is_upgrade]
        if self.policy.lets_pass("lint") or not pending or not self.history.is_recorded:
            return
        # This import is here because only an upgrade with pending revisions needs it.
        from schemaproof.lint import linting, revisions

        loaded = list(revisions.load(self.history, pending, self.printer, self.searched))
        with inside_transaction(connection):
            found = linting.unsafe(connection, loaded, self.scope, self.options, self.searched)
        names = [f"{one.rule} ({one.path.name}:{one.line}) {one.message}" for one in found]
        gate.refuse_named("lint", "pending revisions are unsafe", names)


def refuse_data_loss(
    history: History, steps: Sequence[MigrationInfo], overrides: GateOverrides
) -> None:
    """Refuse downgrades that may lose data, unless that is accepted.

    Raises:
        MigrationRefusedError: A downgrade may lose data; the message names the lost objects.
    """
    undone = [step.up_revision_id or "" for step in steps if direction(step) == "downgrade"]
    if not undone or overrides.accepts_data_loss:
        return
    # This import is here because an upgrade does not need it.
    from schemaproof.history.data_loss import downgrade_losses

    lost = [one for revision in undone for one in downgrade_losses(history, revision)]
    if not lost:
        return
    # The parts of a table that is lost are not named as well.
    wholes = set(lost)
    named = [one for one in dict.fromkeys(lost) if wholes.isdisjoint([*one.enclosing()][:-1])]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    raise MigrationRefusedError(
        f"the downgrade loses {', '.join(named[:_SHOWN])}{more}; nothing was changed",
        ground=DATA_LOSS,
        remedy="make a backup, and allow the loss: --accept-data-loss"
        " (alembic -x accept-data-loss=true)",
    )


def refuse_rows_that_follow(history: History, rows: Sequence[str]) -> None:
    """Refuse a version table in which the revision of one row follows that of another.

    Alembic would count from the older revision: ``downgrade -1`` would undo both.

    Raises:
        HistoryError: The version table has such rows.
    """
    if not any(history.follows(one, other) for one, other in permutations(rows, 2)):
        return
    raise HistoryError(
        "alembic_version has several rows, and one is of a revision that follows another's;"
        " nothing was changed",
        remedy="keep the correct row only: alembic stamp --purge REVISION",
    )


def refuse_downgrade_without_upgrade(
    connection: Connection, scope: Scope, history: History, step: MigrationInfo
) -> None:
    """Refuse to downgrade a revision that no upgrade applied here: it would drop other objects.

    This is checked before its body runs, because an autocommit_block is not rolled back.

    Raises:
        HistoryError: The ledger has no upgrade of the revision.
    """
    if not undoes_something(history, step):
        return
    if ledger.last_direction(connection, scope, step.up_revision_id) != "upgrade":
        raise HistoryError(
            f"revision {step.up_revision_id} was not applied here by an upgrade, so undoing it"
            " would drop objects that no upgrade created; nothing was changed",
            remedy="change the version table only: alembic stamp REVISION",
        )


def committing_text(history: History, step: MigrationInfo) -> str:
    """Return the text of a step's revision if it commits before its end; empty otherwise."""
    text = history.revisions[step.up_revision_id or ""].path.read_text("utf-8", "replace")
    return text if "autocommit_block" in text else ""


def undoes_something(history: History, step: MigrationInfo) -> bool:
    """Whether a step is a downgrade of a revision that changes something."""
    if step.is_upgrade or step.is_stamp:
        return False
    return history.own_changes(history.revisions[step.up_revision_id or ""]) != ()
