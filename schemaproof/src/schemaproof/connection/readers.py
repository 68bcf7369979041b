"""Work that waits for the server: by one session, or by two that see the same state."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from schemaproof.connection import silence

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from schemaproof.connection.raw_sql import AnyConnection, DriverConnection

    Transaction = Callable[[DriverConnection], AbstractContextManager[None]]
    Jobs = deque[tuple[Future[Any], Callable[[AnyConnection], Any]]]

T = TypeVar("T")
_PATIENCE: Final = 1.0
"""Seconds that the second session has to end when its work is not wanted any more."""


class Readers:
    """Does what is asked for, one thing after the other; with a second session, two at once.

    While one session waits for the server, the answers of the other become values. Used as a
    context, it lets go of the second session at the end.

    Args:
        session: What everything can be done by.
        open_another: Opens a second session to the same database; None where there is none.
    """

    def __init__(
        self, session: AnyConnection, open_another: Callable[[], DriverConnection] | None = None
    ) -> None:
        self.session = session
        self._open_another = open_another
        self._jobs: Jobs = deque()
        self._apart: Jobs = deque()
        self._second: DriverConnection | None = None
        self._helper: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what the second session does: nobody waits for it any more."""
        self._jobs.clear()
        self._apart.clear()
        if self._helper is not None and self._helper.is_alive():
            second = self._second
            if second is not None:
                silence.cancel(second)
            self._helper.join(_PATIENCE)

    def ask(self, work: Callable[[AnyConnection], T], *, first: bool = False) -> Future[T]:
        """Take in what is to be done by one of the sessions; :meth:`get` gives what it returns.

        Args:
            work: What is to be done.
            first: Whether to do it before all that waits: what takes longest, so that neither
                session waits for the other in the end.
        """
        answer: Future[T] = Future()
        add = self._jobs.appendleft if first else self._jobs.append
        add((answer, work))
        return answer

    def get(self, answer: Future[T]) -> T:
        """Return an answer; until it is there, the first session does what is next.

        Raises:
            Exception: What this work raised, or what the first session did meanwhile.
        """
        return self._get(self._jobs, answer)

    def ask_apart(self, work: Callable[[AnyConnection], T]) -> Future[T]:
        """Take in what makes transactions of its own; :meth:`get_apart` gives what it returns."""
        answer: Future[T] = Future()
        self._apart.append((answer, work))
        return answer

    def get_apart(self, answer: Future[T]) -> T:
        """As :meth:`get`, when the first session's transaction has ended."""
        return self._get(self._apart, answer)

    def _get(self, jobs: Jobs, answer: Future[T]) -> T:
        while not answer.done() and self._do_next(jobs, self.session):
            pass
        return answer.result()

    def call_another(self, transaction: Callable[[], Transaction]) -> None:
        """Have a second session help until nothing is left to do, where there can be one.

        Args:
            transaction: Returns what makes that session see what the first one sees.
        """
        if self._open_another is not None and self._helper is None:
            given = (self._open_another, transaction())
            self._helper = threading.Thread(target=self._help, args=given, daemon=True)
            self._helper.start()

    def _help(self, opened: Callable[[], DriverConnection], transaction: Transaction) -> None:
        # It may be refused (no connection is left for this role): the first session does it all.
        with suppress(Exception), closing(opened()) as session:
            self._second = session
            while self._do_next(self._apart, session):
                pass
            with transaction(session):
                while self._do_next(self._jobs, session):
                    pass

    def _do_next(self, jobs: Jobs, session: AnyConnection) -> bool:
        try:
            answer, work = jobs.popleft()
        except IndexError:
            return False
        try:
            answer.set_result(work(session))
        except Exception as error:
            answer.set_exception(error)
            raise  # its transaction has failed: this session can do nothing more
        return True
