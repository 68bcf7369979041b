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
