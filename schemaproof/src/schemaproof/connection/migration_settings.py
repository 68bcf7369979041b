"""Settings of migrations, from environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Final, Self

from schemaproof.connection.connect_args import limits
from schemaproof.connection.duration import parse_duration
from schemaproof.errors import ConfigurationError
from schemaproof.setting_names import stated

_GATES: Final = ("new", "strict", "off")
_EXPECTED: Final = {"gate": "new, strict or off", "lock_attempts": "a number from 1"}


@dataclass(frozen=True, slots=True)
class MigrationValues:
    """The settings of migrations.

    Attributes:
        lock_timeout: The limit on waiting for a lock in one attempt; None or zero for no limit.
        lock_attempts: The number of attempts for a revision that other sessions block.
        wait_timeout: The limit on waiting for another migrator, or for a free slot of the server.
        gate: The mode of the gate: ``new``, ``strict`` or ``off``.
        backfill_pause: The pause of a backfill after each batch.
        backfill_lag: The lag of a standby above which a backfill waits.
    """

    lock_timeout: timedelta | None = timedelta(seconds=3)
    lock_attempts: int = 10
    wait_timeout: timedelta = timedelta(minutes=10)
    gate: str = "new"
    backfill_pause: timedelta = timedelta()
    backfill_lag: timedelta | None = timedelta(seconds=10)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], /, **more: Any) -> Self:
        """Read the variables that are set: ``SCHEMAPROOF_LOCK_TIMEOUT`` and so on.

        Args:
            environ: The variables.
            more: Fields of a child class.

        Raises:
            ConfigurationError: One of them cannot be read.
        """
        given = {field.name: stated(environ, field.name) for field in fields(MigrationValues)}
        read = {name: _read(name, *found) for name, found in given.items() if found[1]}
        return cls(**read, **more)

    @property
    def limits(self) -> dict[str, int]:
        """The time-outs of our sessions, in milliseconds."""
        return limits(
            idle_session_timeout=timedelta(),
            idle_in_transaction_session_timeout=timedelta(),
            lock_timeout=self.lock_timeout,
        )


def _read(name: str, variable: str, text: str) -> Any:
    try:
        if name == "gate":
            return _GATES[_GATES.index(text)]
        if name != "lock_attempts":
            return parse_duration(text)
        if (number := int(text)) > 0:
            return number
    except ValueError:
        pass
    raise ConfigurationError(
        f"{variable}={text} cannot be read",
        remedy=f"write {_EXPECTED.get(name, 'a duration such as 3s')}",
    )
