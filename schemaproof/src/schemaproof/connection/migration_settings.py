"""What can be set of migrations, by variables of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Final, Self

from schemaproof.connection.connect_args import limits
from schemaproof.connection.duration import parse_duration
from schemaproof.errors import ConfigurationError

_GATES: Final = ("new", "strict", "off")


@dataclass(frozen=True, slots=True)
class MigrationValues:
    """What holds for migrations; called as the variables that set it.

    Attributes:
        MIGRATION_LOCK_TIMEOUT: How long one attempt waits for a lock; None or zero for ever.
        MIGRATION_LOCK_ATTEMPTS: How often a revision is tried that others are in the way of.
        MIGRATION_WAIT_TIMEOUT: How long another migrator, or a free slot of the server, is waited
            for.
        MIGRATION_GATE: What the gate refuses: ``new``, ``strict`` or ``off``.
    """

    MIGRATION_LOCK_TIMEOUT: timedelta | None = timedelta(seconds=3)
    MIGRATION_LOCK_ATTEMPTS: int = 10
    MIGRATION_WAIT_TIMEOUT: timedelta = timedelta(minutes=10)
    MIGRATION_GATE: str = "new"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, **more: Any) -> Self:
        """Read the variables that are set.

        Args:
            environ: The variables.
            more: Fields of a child class.

        Raises:
            ConfigurationError: One of them cannot be read.
        """
        names = {field.name for field in fields(MigrationValues)}
        given = {name: environ[name] for name in names if environ.get(name, "").strip()}
        return cls(**{name: _read(name, text) for name, text in given.items()}, **more)

    @property
    def limits(self) -> dict[str, int]:
        """The time-outs of our sessions, in milliseconds."""
        return limits(
            idle_session_timeout=timedelta(),
            idle_in_transaction_session_timeout=timedelta(),
            lock_timeout=self.MIGRATION_LOCK_TIMEOUT,
        )


def _read(name: str, text: str) -> Any:
    try:
        if name == "MIGRATION_GATE":
            return _GATES[_GATES.index(text.strip())]
        if name != "MIGRATION_LOCK_ATTEMPTS":
            return parse_duration(text)
        if (number := int(text)) > 0:
            return number
    except ValueError:
        pass
    shape = {"MIGRATION_GATE": "new, strict or off", "MIGRATION_LOCK_ATTEMPTS": "a number from 1"}
    raise ConfigurationError(
        f"{name}={text} cannot be read", remedy=f"write {shape.get(name, 'a duration such as 3s')}"
    )
