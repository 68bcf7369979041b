"""Code that all metrics share: when measuring begins and ends."""

from __future__ import annotations

from typing import Self

from core import database, observers
from core.errors import ConfigurationError


class Measuring(observers.Observer):
    """An observer that is active within its block, or from ``start`` to ``stop``."""

    def start(self) -> Self:
        """Measure from now on, in every pool that is made from now on.

        Raises:
            ConfigurationError: The engines of ``core.database`` are there already.
        """
        if database.has_engines():
            raise ConfigurationError(
                "the engines exist already, and their pools are not measured",
                remedy="start the metrics before the first session is opened",
            )
        observers.add(self)
        return self

    def stop(self) -> None:
        """Measure no more."""
        if self in observers.current():
            observers.remove(self)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
