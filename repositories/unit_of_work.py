"""Several repositories in one transaction."""

from collections.abc import Callable
from typing import Any, Self, cast

from sqlalchemy.orm import Session

from core.errors import UnitOfWorkError
from models import Base
from repositories import json_changes, values
from repositories.classification import ClassificationRepository
from repositories.errors import translated
from repositories.friction import FrictionMatrixRepository
from repositories.goalscorer import GoalscorerRepository
from repositories.odds import OddsRepository
from repositories.session_policy import Policy, attach, detach, has_changes, real_session
from repositories.strategy import StrategyRepository
from repositories.team import TeamDNARepository
from repositories.timeouts import Timeouts
from repositories.tracking import TrackingCLVRepository
from repositories.unit_attributes import RepositoryAttribute, forget_repositories


class UnitOfWork:
    """One transaction over all repositories; without a commit it is rolled back.

    Args:
        session: A session (or any object with ``commit`` and ``rollback``), which stays open
            afterwards; or a factory, which is asked for a session on first use within the ``with``
            block, and that session is closed at its end.
        lazy_loading: Let a relationship that was not loaded with its row be loaded by a statement
            of its own on first access, instead of raising ``LazyLoadError``.
        timeouts: The time-outs of each transaction, instead of those of the settings.

    As a context manager it rolls back unless :meth:`commit` was called last. It may be entered
    again after its end, but not while it is open.

    With a factory, rows that were read or committed stay readable after the block.
    """

    odds = RepositoryAttribute(OddsRepository)
    tracking = RepositoryAttribute(TrackingCLVRepository)
    teams = RepositoryAttribute(TeamDNARepository)
    friction = RepositoryAttribute(FrictionMatrixRepository)
    strategies = RepositoryAttribute(StrategyRepository)
    goalscorers = RepositoryAttribute(GoalscorerRepository)
    classifications = RepositoryAttribute(ClassificationRepository)

    def __init__(
        self,
        session: Session | Callable[[], Session],
        *,
        lazy_loading: bool = False,
        timeouts: Timeouts | None = None,
    ) -> None:
        is_session = _is_session(session)
        if not is_session and not callable(session):
            raise UnitOfWorkError(
                f"{type(session).__name__} is neither a session nor a factory",
                remedy="give a Session, or SessionLocal",
            )
        self._given: Any = session if is_session else None
        self._open: Any = None if is_session else session
        self._session = self._given
        self._policy = Policy(lazy_loading, timeouts)
        self._entered = False
        self._is_committed = False
        if is_session:
            attach(session, self._policy, entered=False)

    @property
    def session(self) -> Session:
        """The session of the transaction."""
        # The program goes on after a commit, so there may be new changes.
        self._is_committed = False
        if self._session is None:
            if self._open is None or not self._entered:
                # A session that is opened outside of the with block would never be closed.
                raise UnitOfWorkError(
                    "this unit of work is not open", remedy="use it within a with block"
                )
            opened = self._open()
            # Rows stay readable after the commit, and after the block.
            opened.expire_on_commit = False
            attach(opened, self._policy, entered=True)
            self._session = opened
        return cast("Session", self._session)

    def flush(self) -> None:
        """Send pending changes, without committing.

        Raises:
            DataAccessError: One of its subclasses; the database refused a row.
        """
        session = self.session
        _check(session)
        with translated():
            session.flush()

    def commit(self) -> None:
        """Commit the transaction; the next statement begins a new one.

        Raises:
            DataAccessError: One of its subclasses; the database refused a row.
        """
        session = self.session
        _check(session)
        with translated():
            session.commit()
        self._is_committed = True

    def rollback(self) -> None:
        """Undo everything since the last commit."""
        with translated():
            self.session.rollback()

    def __enter__(self) -> Self:
        if self._entered:
            raise UnitOfWorkError(
                "this unit of work is open already",
                remedy="use one UnitOfWork for each transaction, or session.begin_nested()",
            )
        self._entered = True
        self._is_committed = False
        if self._given is not None:
            attach(self._given, self._policy, entered=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._entered = False
        session: Any = self._session
        if session is None:
            return
        try:
            if self._has_to_roll_back(session):
                session.rollback()
        finally:
            detach(session, self._policy)
            if self._given is None:
                session.close()
                self._session = None
                forget_repositories(self)

    def _has_to_roll_back(self, session: Any) -> bool:
        real = real_session(session)
        if real is None:
            return not self._is_committed
        if self._given is None:
            # The session is closed anyway, and a rollback would expire every row.
            return has_changes(real)
        return not self._is_committed or real.in_transaction()


def _is_session(thing: Any) -> bool:
    """Whether an object has ``commit`` and ``rollback``, as a session or a test double has."""
    can_both = hasattr(thing, "commit") and hasattr(thing, "rollback")
    return can_both and not isinstance(thing, type)


def _check(session: Session) -> None:
    """Check rows that were added or changed without a repository, before a flush."""
    if (real := real_session(session)) is None:
        return
    json_changes.notice(real.identity_map.values())
    for row in (*real.new, *real.dirty):
        if isinstance(row, Base):
            values.check_row(row)
