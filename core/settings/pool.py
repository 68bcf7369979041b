"""Settings of the connection pool."""

from core.setting_types import Count, Flag, PositiveCount, Recycle, Seconds
from core.settings.base import Settings


class PoolSettings(Settings):
    """Settings of the connection pool of the application."""

    DB_POOL_SIZE: PositiveCount = 5
    DB_MAX_OVERFLOW: Count = 10
    DB_POOL_TIMEOUT: Seconds = 30
    DB_POOL_RECYCLE: Recycle = 3600
    DB_ECHO: Flag = False
    DB_REQUIRE_SCHEMA: Flag = False
