"""Record who changes a row, and why, in the audit columns of each row that is written.

    with audit_context(actor="import", reason="season 2025-26"):
        ...

The context belongs to the thread or task that entered it. A task inherits it from the task that
started it; a thread does not, unless it runs in ``contextvars.copy_context()``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from core.errors import AuditError
from models import AuditMixin, Base, TeamQuantumDNA
from repositories import values
from repositories.bulk.audit_values import AuditValues

REQUIRED: Final = "audit_required"
"""A key of ``Session.info``: set, audited rows can be written only in an audit context."""

_ON_CHANGE: Final = ("updated_by", "change_reason")
_REMEDY: Final = "write within audit_context(actor=..., reason=...)"


@dataclass(frozen=True, slots=True)
class Audit:
    """The actor and the reason of writes.

    Attributes:
        actor: The actor, at most 100 characters.
        reason: The reason; None when none was given.
    """

    actor: str
    reason: str | None = None


_current: Final[ContextVar[Audit | None]] = ContextVar("monps_audit", default=None)


@contextmanager
def audit_context(actor: str | None = None, reason: str | None = None) -> Iterator[Audit]:
    """Set actor and reason for all writes in the block.

    Missing arguments are taken from an enclosing context.

    Args:
        actor: The actor.
        reason: The reason.

    Yields:
        The actor and the reason in the block.

    Raises:
        InvalidArgumentError: A value does not fit its column, or is blank.
        AuditError: No actor is given, here or in an enclosing context.
    """
    outer = _current.get()
    if outer is not None:
        actor = outer.actor if actor is None else actor
        reason = outer.reason if reason is None else reason
    if actor is None:
        raise AuditError("the audit context has no actor", remedy="give one: audit_context(actor=)")
    values.check_name(values.model_column(TeamQuantumDNA, "created_by"), actor)
    if reason is not None:
        values.check_name(values.model_column(TeamQuantumDNA, "change_reason"), reason)
    listen()
    token = _current.set(Audit(actor, reason))
    try:
        yield Audit(actor, reason)
    finally:
        _current.reset(token)


def current_audit() -> Audit | None:
    """Return the current actor; None outside of an audit context."""
    return _current.get()


def audit_values(model: type[Base], *, required: bool = False) -> AuditValues:
    """Return the values for the audit columns of a model in a bulk write.

    Raises:
        AuditError: No actor is given, and one is required.
    """
    audit = _audit_for(model, required=required)
    if audit is None:
        return AuditValues()
    changes = {"updated_by": audit.actor, "change_reason": audit.reason}
    return AuditValues({"created_by": audit.actor, **changes}, changes)


@cache
def listen() -> None:
    """Make every session record the actor; repeated calls have no effect."""
    event.listen(Session, "before_flush", _fill_audit_columns)


def _fill_audit_columns(session: Session, *_: object) -> None:
    """Fill the audit columns of rows that a flush will send; values that are already set stay.

    Raises:
        AuditError: No actor is given, and the session requires one (``session.info[REQUIRED]``).
    """
    required = bool(session.info.get(REQUIRED))
    for row in session.new:
        _fill_new(row, required=required)
    for row in session.dirty:
        if session.is_modified(row):
            _fill_changed(row, required=required)
    if required:
        for row in session.deleted:
            _audit_for(type(row), required=True)


def _fill_new(row: Any, *, required: bool) -> None:
    audit = _audit_for(type(row), required=required)
    if audit is None:
        return
    for field in ("created_by", *_ON_CHANGE):
        if not inspect(row).attrs[field].history.has_changes():
            setattr(row, field, _value(audit, field))


def _fill_changed(row: Any, *, required: bool) -> None:
    audit = _audit_for(type(row), required=required)
    if not isinstance(row, AuditMixin):
        return
    for field in _ON_CHANGE:
        # A field that the program has set is sent even if its value has not changed, because
        # SQLAlchemy would fill it by its onupdate otherwise.
        is_set = field in inspect(row).committed_state
        if audit is not None and not is_set:
            setattr(row, field, _value(audit, field))
        if audit is not None or is_set:
            flag_modified(row, field)


def _value(audit: Audit, field: str) -> str | None:
    return audit.reason if field == "change_reason" else audit.actor


def _audit_for(model: type[Any], *, required: bool) -> Audit | None:
    if not issubclass(model, AuditMixin):
        return None
    audit = _current.get()
    if audit is None and required:
        raise AuditError(f"no audit context names who writes {model.__name__}", remedy=_REMEDY)
    return audit
