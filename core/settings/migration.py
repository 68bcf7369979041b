"""What can be set of migrations."""

from datetime import timedelta

from core.setting_types import Duration, Gate, PositiveCount
from core.settings.base import Settings


class MigrationSettings(Settings):
    """What can be set of migrations, also where the connection is handed over by the caller."""

    MIGRATION_LOCK_TIMEOUT: Duration | None = timedelta(seconds=3)
    MIGRATION_LOCK_ATTEMPTS: PositiveCount = 10
    MIGRATION_STATEMENT_TIMEOUT: Duration | None = None
    MIGRATION_WAIT_TIMEOUT: Duration = timedelta(minutes=10)
    MIGRATION_GATE: Gate = "new"
    MIGRATION_BACKFILL_PAUSE: Duration = timedelta()
    MIGRATION_BACKFILL_LAG: Duration | None = timedelta(seconds=10)

    @property
    def lock_timeout(self) -> timedelta | None:
        """How long one attempt waits for a lock; None or zero for ever."""
        return self.MIGRATION_LOCK_TIMEOUT

    @property
    def lock_attempts(self) -> int:
        """How often a revision is tried that others are in the way of."""
        return self.MIGRATION_LOCK_ATTEMPTS

    @property
    def wait_timeout(self) -> timedelta:
        """How long another migrator, or a free slot of the server, is waited for."""
        return self.MIGRATION_WAIT_TIMEOUT

    @property
    def gate(self) -> str:
        """The policy of the gate."""
        return self.MIGRATION_GATE

    @property
    def backfill_pause(self) -> timedelta:
        """How long a backfill leaves others alone after each batch."""
        return self.MIGRATION_BACKFILL_PAUSE

    @property
    def backfill_lag(self) -> timedelta | None:
        """How far behind a standby may be before a backfill waits; None for as far as it likes."""
        return self.MIGRATION_BACKFILL_LAG
