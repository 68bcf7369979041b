"""The base of all metrics: start and stop measuring."""

from __future__ import annotations

from typing import Self

from core import database, observers
from core.errors import ConfigurationError


class Measuring(observers.Observer):
    """An observer that is active within its ``with`` block, or from ``start`` to ``stop``."""

    def start(self) -> Self:
        """Measure from now on, in every pool that is made later.

        Raises:
            ConfigurationError: The engines of ``core.database`` exist already.
        """
        if database.has_engines():
            raise ConfigurationError(
                "the engines exist already, and their pools are not measured",
                remedy="start the metrics before the first session is opened",
            )
        observers.add(self)
        return self

    def stop(self) -> None:
        """Stop measuring."""
        if self in observers.current():
            observers.remove(self)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
