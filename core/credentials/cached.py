"""Credentials that are cached until they are due for renewal, or the server refuses them."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from core.errors import CredentialsUnavailableError
from core.fork_hooks import after_fork_in_child

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.credentials.values import Credentials

_PAUSE: Final = 5
"""Seconds to wait before a source of secrets that did not answer is asked again."""


class CachedSource(ABC):
    """A source that caches the credentials for all threads; one thread fetches them.

    Args:
        stated: The variables that have a value elsewhere.
    """

    def __init__(self, stated: Mapping[str, str]) -> None:
        self._stated = stated
        self._cached: Credentials | None = None
        self._renew_lock()
        after_fork_in_child(self, CachedSource._renew_lock)

    def now(self) -> Credentials:
        """Return the credentials; fetch them first, or again when they are due."""
        cached = self._cached
        if cached is not None and not _is_due(cached):
            return cached
        with self._lock:
            cached = self._cached
            if cached is None:
                cached = self._fetch(None)
            elif _is_due(cached):
                cached = self._instead_of_due(cached)
            self._cached = cached
            return cached

    def replacement(self, refused: Credentials) -> Credentials:
        """Fetch the credentials again, unless another thread has just done so."""
        with self._lock:
            if self._cached is None or self._cached == refused:
                self._cached = self._fetch(refused)
            return self._cached

    @abstractmethod
    def _fetch(self, refused: Credentials | None) -> Credentials:
        """Fetch valid credentials, other than ``refused``."""

    def _is_renewed(self, cached: Credentials) -> bool:  # noqa: ARG002 - of a child
        """Renew the lease; return whether its full duration was granted."""
        return False

    def _instead_of_due(self, cached: Credentials) -> Credentials:
        lease = cached.lease
        # The caller has found that the lease is due, so there is one.
        assert lease is not None  # noqa: S101 - for the type checker: it is due
        try:
            return cached if self._is_renewed(cached) else self._fetch(None)
        except CredentialsUnavailableError:
            if lease.ends_soon():
                raise
            # The credentials are still valid long enough. The pause avoids that every new
            # connection waits for a source that does not answer.
            lease.due = time.monotonic() + _PAUSE
            return cached

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()


def _is_due(cached: Credentials) -> bool:
    return cached.lease is not None and cached.lease.is_due()
