"""The rules of the sessions of units of work: audit, lazy loading, time-outs.

They hold for every ``Session``, however it was made: the listeners are registered once, on the
class. The policy of one unit of work is in ``Session.info``, where the listeners find it.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from weakref import WeakSet

from sqlalchemy import Connection, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, scoped_session

from repositories import audit, json_changes
from repositories.lazy_loading import refuse_lazy_loading, refuse_to_wait_in_the_loop
from repositories.timeouts import Timeouts

_POLICIES: Final = "monps_policies"
_WRITTEN: Final = "monps_written"
_CHANGED: Final = "monps_changed"


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """The policy of one unit of work for its session.

    Attributes:
        lazy_loading: Whether a relationship may be loaded on first access.
        timeouts: The time-outs of its transactions.
    """

    lazy_loading: bool = False
    timeouts: Timeouts | None = None


@dataclass(slots=True)
class _Policies:
    """The policies of the units of work on one session; the last one applies."""

    entered: list[Policy] = field(default_factory=list)
    without_block: Policy | None = None

    @property
    def current(self) -> Policy | None:
        return self.entered[-1] if self.entered else self.without_block


def real_session(session: Any) -> Session | None:
    """Return the SQLAlchemy session, also behind a scoped session; None for other objects."""
    if isinstance(session, scoped_session):
        session = session()
    # The type is checked and not isinstance(), because a mock of a session in a test may claim to
    # be a Session.
    return session if issubclass(type(session), Session) else None


@cache
def listen() -> None:
    """Register the listeners; repeated calls have no effect."""
    audit.listen()
    json_changes.listen()
    event.listen(Session, "after_flush", note_write)
    event.listen(Session, "after_transaction_end", _note_end)
    event.listen(Session, "after_begin", _limit)
    event.listen(Session, "after_soft_rollback", _forget_bulk_changes)
    event.listen(Session, "do_orm_execute", _look_at)


def attach(session: Any, policy: Policy, *, entered: bool) -> None:
    """Apply a policy to a session: for a block, or until it is replaced."""
    real = real_session(session)
    if real is None:
        return
    listen()
    policies = real.info.setdefault(_POLICIES, _Policies())
    if entered:
        policies.entered.append(policy)
    else:
        policies.without_block = policy


def detach(session: Any, policy: Policy) -> None:
    """Remove a policy; the earlier one applies again."""
    real = real_session(session)
    if real is None:
        return
    policies = real.info[_POLICIES]
    policies.entered.remove(policy)
    if policies.without_block is policy:
        policies.without_block = None


def note_write(session: Session, *_: object) -> None:
    """Note that rows in memory may differ from the database after a rollback."""
    session.info[_WRITTEN] = True


def note_bulk_change(session: Session, row: object) -> None:
    """Note a row whose values in memory were written by a bulk statement."""
    note_write(session)
    session.info.setdefault(_CHANGED, WeakSet()).add(row)


def _forget_bulk_changes(session: Session, transaction: SessionTransaction) -> None:
    """Expire rows that bulk statements changed: SQLAlchemy expires only flushed rows."""
    for row in session.info.pop(_CHANGED, ()) if transaction.nested else ():
        if row in session:
            session.expire(row)


def has_changes(session: Session) -> bool:
    """Whether rows in memory will differ from the database unless the transaction is committed."""
    is_pending = session.new or session.dirty or session.deleted
    return bool(is_pending or session.info.get(_WRITTEN))


def _note_end(session: Session, transaction: SessionTransaction) -> None:
    info = session.info
    # The end of a savepoint or of a flush also calls this; their transactions have a parent.
    if (_WRITTEN in info or _CHANGED in info) and transaction.parent is None:
        info.pop(_WRITTEN, None)
        info.pop(_CHANGED, None)


def _current(session: Session) -> Policy | None:
    policies: _Policies | None = session.info.get(_POLICIES)
    return None if policies is None else policies.current


def _limit(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    policy = _current(session)
    if policy is not None and policy.timeouts is not None:
        policy.timeouts.apply(transaction, connection)


def _look_at(state: ORMExecuteState) -> None:
    if not state.is_select:
        if state.is_insert or state.is_update or state.is_delete:
            note_write(state.session)
        return
    policy = _current(state.session)
    if policy is not None and not policy.lazy_loading:
        refuse_lazy_loading(state)
    if policy is not None and state.is_column_load:
        refuse_to_wait_in_the_loop(state)
