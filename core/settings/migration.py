"""The settings of migrations."""

from datetime import timedelta

from core.setting_types import Duration, Gate, PositiveCount
from core.settings.base import Settings


class MigrationSettings(Settings):
    """Settings of migrations, also for a connection that the caller passes."""

    MIGRATION_LOCK_TIMEOUT: Duration | None = timedelta(seconds=3)
    MIGRATION_LOCK_ATTEMPTS: PositiveCount = 10
    MIGRATION_STATEMENT_TIMEOUT: Duration | None = None
    MIGRATION_WAIT_TIMEOUT: Duration = timedelta(minutes=10)
    MIGRATION_GATE: Gate = "new"
    MIGRATION_BACKFILL_PAUSE: Duration = timedelta()
    MIGRATION_BACKFILL_LAG: Duration | None = timedelta(seconds=10)

    @property
    def lock_timeout(self) -> timedelta | None:
        """The limit on waiting for a lock in one attempt; None or zero for no limit."""
        return self.MIGRATION_LOCK_TIMEOUT

    @property
    def lock_attempts(self) -> int:
        """The number of attempts to apply a revision while other sessions hold locks."""
        return self.MIGRATION_LOCK_ATTEMPTS

    @property
    def wait_timeout(self) -> timedelta:
        """The limit on waiting for another migrator, or for a free connection slot."""
        return self.MIGRATION_WAIT_TIMEOUT

    @property
    def gate(self) -> str:
        """The policy of the gate: when a migration is refused."""
        return self.MIGRATION_GATE

    @property
    def backfill_pause(self) -> timedelta:
        """The pause of a backfill after each batch."""
        return self.MIGRATION_BACKFILL_PAUSE

    @property
    def backfill_lag(self) -> timedelta | None:
        """The lag of a standby above which a backfill waits; None for no limit."""
        return self.MIGRATION_BACKFILL_LAG
