"""The database beside what revisions produce, as the gate and each revision look at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from core.project import Project
from core.readers import Readers
from introspection import baseline
from introspection.catalog import inside_transaction, retried
from introspection.findings import Finding
from introspection.shapes import Snapshot
from migrations.runner import verify
from migrations.runner.accepted import Accepted
from migrations.runner.history import History
from migrations.runner.settling import Settling
from migrations.runner.verify import State


@dataclass(frozen=True)  # without slots: the baseline is read once, when it is needed
class Comparing:
    """Compares, and remembers what was settled.

    Attributes:
        project: Whose objects are looked at.
        history: The revisions with their snapshots.
    """

    project: Project
    history: History

    def expected(self, revisions: tuple[str, ...]) -> Snapshot | None:
        """Return what these revisions produce; None when it was not recorded, or of several."""
        if len(revisions) > 1:
            return None
        return self.history.snapshot_at(revisions[0] if revisions else None)

    def look(self, connection: Connection, expected: Snapshot) -> State:
        """Read and compare, mark what is accepted, and leave the transaction as it is.

        Raises:
            ConfigurationError: The project's baseline cannot be read, or is none.
        """

        def once() -> State:
            with inside_transaction(connection):
                wanted = verify.Expected.of(expected, self.project)
                return verify.look(Readers(connection), self.project, wanted)

        return self._accepted.applied_to(retried(once))

    def settled(self, state: State, revisions: tuple[str, ...], held: Iterable[Finding]) -> State:
        """Return a state without what is only printed differently, if that would be refused."""
        if not revisions:
            return state
        settled = self._settling.settle(state, revisions[0], held)
        return state if settled is state else self._accepted.applied_to(settled)

    @cached_property
    def _settling(self) -> Settling:
        return Settling(self.project)

    @cached_property
    def _accepted(self) -> Accepted:
        # Not before something is compared: a migration with nothing to do needs no baseline.
        head = self.history.snapshot_at(self.history.head.id) if self.history.head else None
        return Accepted(
            entries=baseline.load(self.project.baseline_file),
            head=head.only(self.project.schemas) if head else None,
            managed=self.project.managed_schemas,
            today=baseline.today(),
        )
