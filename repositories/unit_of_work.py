"""Several repositories in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy import event
from sqlalchemy.orm import Session

from core.errors import UnitOfWorkError
from models import Base
from repositories import values
from repositories.audit import fill_audit_columns
from repositories.classification import ClassificationRepository
from repositories.errors import translated
from repositories.friction import FrictionMatrixRepository
from repositories.goalscorer import GoalscorerRepository
from repositories.lazy import refuse_lazy_loading
from repositories.odds import OddsRepository
from repositories.strategy import StrategyRepository
from repositories.team import TeamDNARepository
from repositories.timeouts import Timeouts
from repositories.tracking import TrackingCLVRepository


class UnitOfWork:
    """One transaction over all repositories; what is not committed is rolled back.

    Args:
        session: A session, which stays open afterwards; or a factory, which is asked for a session
            on first use within the ``with`` block, and that session is closed at its end.
        lazy_loading: Let a relationship that was not loaded with its row be loaded by a statement
            of its own on first access, instead of raising ``LazyLoadError``.
        timeouts: Limits for each of its transactions, instead of those of the settings.

    As a context manager it rolls back unless :meth:`commit` was called last. It may be entered
    again after it was left, and not while it is open.

    With a factory, rows that were only read, or committed, stay readable after the block.
    """

    def __init__(
        self,
        session: Session | Callable[[], Session],
        *,
        lazy_loading: bool = False,
        timeouts: Timeouts | None = None,
    ) -> None:
        if not isinstance(session, Session) and not callable(session):
            raise UnitOfWorkError(
                f"{type(session).__name__} is neither a session nor a factory",
                remedy="give a Session, or SessionLocal",
            )
        self._given = session if isinstance(session, Session) else None
        self._open = session if not isinstance(session, Session) else None
        self._session = self._given
        self._lazy_loading = lazy_loading
        self._timeouts = timeouts
        self._entered = False
        self._written = False
        self._forget()

    def _forget(self) -> None:
        self._odds: OddsRepository | None = None
        self._tracking: TrackingCLVRepository | None = None
        self._teams: TeamDNARepository | None = None
        self._friction: FrictionMatrixRepository | None = None
        self._strategies: StrategyRepository | None = None
        self._goalscorers: GoalscorerRepository | None = None
        self._classifications: ClassificationRepository | None = None

    @property
    def session(self) -> Session:
        """The session of the transaction."""
        if self._session is None:
            if self._open is None or not self._entered:
                # Nobody would close it.
                raise UnitOfWorkError(
                    "this unit of work is not open", remedy="use it within a with block"
                )
            self._session = self._open()
            self._listen(self._session)
            event.listen(self._session, "after_flush", self._note_write)
            event.listen(self._session, "after_commit", self._note_end)
            event.listen(self._session, "after_rollback", self._note_end)
        return self._session

    def _listen(self, session: Session) -> None:
        event.listen(session, "before_flush", fill_audit_columns)
        if not self._lazy_loading:
            event.listen(session, "do_orm_execute", refuse_lazy_loading)
        if self._timeouts is not None:
            event.listen(session, "after_begin", self._timeouts.apply)

    def _stop_listening(self, session: Session) -> None:
        event.remove(session, "before_flush", fill_audit_columns)
        if not self._lazy_loading:
            event.remove(session, "do_orm_execute", refuse_lazy_loading)
        if self._timeouts is not None:
            event.remove(session, "after_begin", self._timeouts.apply)

    def _note_write(self, *_: object) -> None:
        self._written = True

    def _note_end(self, *_: object) -> None:
        self._written = False

    @property
    def odds(self) -> OddsRepository:
        """Odds of every bookmaker."""
        self._odds = self._odds or OddsRepository(self.session)
        return self._odds

    @property
    def tracking(self) -> TrackingCLVRepository:
        """Tracked picks."""
        self._tracking = self._tracking or TrackingCLVRepository(self.session)
        return self._tracking

    @property
    def teams(self) -> TeamDNARepository:
        """Teams and their DNA."""
        self._teams = self._teams or TeamDNARepository(self.session)
        return self._teams

    @property
    def friction(self) -> FrictionMatrixRepository:
        """Friction between teams."""
        self._friction = self._friction or FrictionMatrixRepository(self.session)
        return self._friction

    @property
    def strategies(self) -> StrategyRepository:
        """Strategies of teams."""
        self._strategies = self._strategies or StrategyRepository(self.session)
        return self._strategies

    @property
    def goalscorers(self) -> GoalscorerRepository:
        """Goalscorers."""
        self._goalscorers = self._goalscorers or GoalscorerRepository(self.session)
        return self._goalscorers

    @property
    def classifications(self) -> ClassificationRepository:
        """Tactical classifications."""
        self._classifications = self._classifications or ClassificationRepository(self.session)
        return self._classifications

    def flush(self) -> None:
        """Send what is pending, without committing.

        Raises:
            DataAccessError: One of its children; the database refused a row.
        """
        self._check()
        with translated():
            self.session.flush()

    def commit(self) -> None:
        """Commit the transaction; what follows begins a new one.

        Raises:
            DataAccessError: One of its children; the database refused a row.
        """
        self._check()
        with translated():
            self.session.commit()

    def _check(self) -> None:
        """Look at what no repository was told about: rows that were changed or added by hand."""
        for row in (*self.session.new, *self.session.dirty):
            if isinstance(row, Base):
                values.check_row(row)

    def rollback(self) -> None:
        """Take back everything since the last commit."""
        self.session.rollback()

    def __enter__(self) -> Self:
        if self._entered:
            raise UnitOfWorkError(
                "this unit of work is open already",
                remedy="use one UnitOfWork for each transaction, or session.begin_nested()",
            )
        self._entered = True
        if self._given is not None:
            self._listen(self._given)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._entered = False
        if self._given is not None:
            self._stop_listening(self._given)
        if self._session is None:
            return
        try:
            if self._given is not None or self._has_changes(self._session):
                self._session.rollback()
        finally:
            if self._given is None:
                self._session.close()
                self._session = None
                self._forget()

    def _has_changes(self, session: Session) -> bool:
        """Whether rows in memory say what the database will not; a rollback expires every row."""
        return self._written or bool(session.new or session.dirty or session.deleted)
