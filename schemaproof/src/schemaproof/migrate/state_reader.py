"""The database beside what revisions produce, as the gate and each revision look at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import Connection

from schemaproof.catalog.catalog import inside_transaction, retried
from schemaproof.check import live_diff
from schemaproof.check.live_diff import State
from schemaproof.findings import baseline, baseline_file
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history import version_table
from schemaproof.history.history import History
from schemaproof.history.scopes import live_scope
from schemaproof.migrate.accepted import Accepted
from schemaproof.migrate.text_equivalence import TextEquivalence
from schemaproof.project import Project
from schemaproof.schema.scope import Scope
from schemaproof.schema.shapes import Snapshot


@dataclass(frozen=True)  # without slots: the baseline is read once, when it is needed
class StateReader:
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

    def tables(self, revisions: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return the relations that these revisions produce, as far as that was recorded."""
        known = [self.history.snapshot_at(revision) or Snapshot() for revision in revisions]
        return sorted(
            {name for one in known for name in one.only(self.project.schemas).relation_names()}
        )

    def look(self, connection: Connection, expected: Snapshot) -> State:
        """Read and compare, mark what is accepted, and leave the transaction as it is.

        Raises:
            ConfigurationError: The project's baseline cannot be read, or is none.
        """

        def once() -> State:
            with inside_transaction(connection):
                return live_diff.read_state(connection, live_scope(self.project, ()), expected)

        return self._accepted.applied_to(retried(once))

    def look_wider(self, connection: Connection, state: State | None, expected: Snapshot) -> State:
        """Return what is there in the scope of a snapshot; read only what was not seen before.

        Args:
            connection: To the database.
            state: What was seen last, and is so still; None when nothing was.
            expected: The snapshot that the next revision leads to.
        """
        names = expected.only(self.project.schemas).object_names()
        scope = live_scope(self.project, names)
        if state is None or not self._shows_the_same(connection, state.scope, scope, expected):
            return self.look(connection, expected)
        return state if state.scope == scope else replace(state, scope=scope)

    def _shows_the_same(
        self, connection: Connection, old: Scope, new: Scope, expected: Snapshot
    ) -> bool:
        """Whether nothing is there that only the new scope shows, and nothing left out by it.

        What a revision is about to make in a shared schema comes into scope before it is made.
        """
        seen, wanted = old.own or frozenset(), new.own or frozenset()
        added = wanted - seen
        if replace(old, own=new.own) != new or not seen <= wanted:
            return False
        tables = {(one.name, table.name) for one in expected.schemas for table in one.relations}
        tables |= {(one.name, part.name) for one in expected.schemas for part in one.sequences}
        return not added or (added <= tables and not version_table.any_exists(connection, added))

    def settled(self, state: State, revisions: tuple[str, ...], held: Iterable[Finding]) -> State:
        """Return a state without what is only printed differently, if that would be refused."""
        if not revisions:
            return state
        settled = self._settling.settle(state, revisions[0], held)
        return state if settled is state else self._accepted.applied_to(settled)

    def not_accepted(self, found: Iterable[Finding]) -> list[Finding]:
        """Return the findings that the baseline does not accept, as they are.

        Raises:
            ConfigurationError: The project's baseline cannot be read, or is none.
        """
        if not (found := [*found]):
            return []
        marked = baseline.marked(found, self._accepted.entries, today=self._accepted.today)
        return [finding for finding in marked if finding.kind is not Kind.ACCEPTED]

    @cached_property
    def _settling(self) -> TextEquivalence:
        return TextEquivalence(self.project)

    @cached_property
    def _accepted(self) -> Accepted:
        # Not before something is compared: a migration with nothing to do needs no baseline.
        head = self.history.snapshot_at(self.history.head.id) if self.history.head else None
        return Accepted(
            entries=baseline_file.load(self.project.baseline_file),
            head=head.only(self.project.schemas) if head else None,
            managed=self.project.managed_schemas,
            today=baseline.today(),
        )
