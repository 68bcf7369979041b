"""Credentials that are fetched seldom: kept until they are due, or the server refuses them."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from core.errors import CredentialsUnavailableError
from core.forks import after_fork_in_child

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.credentials.values import Credentials

_PAUSE: Final = 5
"""Seconds before a keeper of secrets that did not answer is asked again."""


class Kept(ABC):
    """A source that keeps what it fetched; all threads share it, and one of them fetches.

    Args:
        stated: The variables that are given elsewhere.
    """

    def __init__(self, stated: Mapping[str, str]) -> None:
        self._stated = stated
        self._kept: Credentials | None = None
        self._renew_lock()
        after_fork_in_child(self, Kept._renew_lock)

    def now(self) -> Credentials:
        """Return what was fetched; fetch it first, or anew when it is due."""
        kept = self._kept
        if kept is not None and not _is_due(kept):
            return kept
        with self._lock:
            kept = self._kept
            if kept is None:
                kept = self._fetch(None)
            elif _is_due(kept):
                kept = self._instead_of_due(kept)
            self._kept = kept
            return kept

    def instead_of(self, refused: Credentials) -> Credentials:
        """Fetch anew, unless somebody has done so since."""
        with self._lock:
            if self._kept is None or self._kept == refused:
                self._kept = self._fetch(refused)
            return self._kept

    @abstractmethod
    def _fetch(self, refused: Credentials | None) -> Credentials:
        """Fetch what is valid now; the server may have refused some."""

    def _is_renewed(self, kept: Credentials) -> bool:  # noqa: ARG002 - of a child
        """Have the lease made longer, where that can be had for as long as it was."""
        return False

    def _instead_of_due(self, kept: Credentials) -> Credentials:
        lease = kept.lease
        assert lease is not None  # noqa: S101 - for the type checker: it is due
        try:
            return kept if self._is_renewed(kept) else self._fetch(None)
        except CredentialsUnavailableError:
            if lease.ends_soon():
                raise
            # What is left of it is enough, and not every new connection waits for an answer.
            lease.due = time.monotonic() + _PAUSE
            return kept

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()


def _is_due(kept: Credentials) -> bool:
    return kept.lease is not None and kept.lease.is_due()
