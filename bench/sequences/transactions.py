"""The operations of the random sequences that end transactions or use savepoints."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bench.sequences.base import Machine
from bench.sequences.tables import Audit


class Transactions(Machine):
    """Commits, rolls back, sets savepoints, and sets the actor."""

    @rule()
    def commit(self) -> None:
        self.uow.commit()
        self.savepoints.clear()
        self.committed = self.now.copy()

    @rule()
    def roll_back(self) -> None:
        self.back_to_last_commit()

    @rule()
    def leave_and_begin_another(self) -> None:
        self.uow.__exit__(None, None, None)
        self.open()
        self.savepoints.clear()
        self.now = self.committed.copy()

    @precondition(lambda self: len(self.savepoints) < 3)
    @rule()
    def set_savepoint(self) -> None:
        self.savepoints.append((self.uow.session.begin_nested(), self.now.copy()))

    @precondition(lambda self: self.savepoints)
    @rule()
    def roll_back_to_savepoint(self) -> None:
        self.back_to_savepoint()

    @precondition(lambda self: self.savepoints)
    @rule()
    def release_savepoint(self) -> None:
        self.savepoints.pop()[0].commit()

    @rule(audit=st.none() | st.sampled_from([("import", "season"), ("fix", None)]))
    def say_who_writes(self, audit: Audit) -> None:
        self.audit = audit
