"""The names of the program and its settings, for the advice of schemaproof."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PROGRAM: Final = "monps-db"
VARIABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "host": "DB_HOST",
        "port": "DB_PORT",
        "user": "DB_USER",
        "password": "DB_PASSWORD",
        "database": "DB_NAME",
        "sslmode": "DB_SSLMODE",
        "session_attributes": "DB_TARGET_SESSION_ATTRS",
        "authentication": "DB_REQUIRE_AUTH",
        "pool_size": "DB_POOL_SIZE or DB_MAX_OVERFLOW",
        "timeouts": "the time-outs (DB_..., MIGRATION_...)",
        "lock_timeouts": "DB_LOCK_TIMEOUT, MIGRATION_LOCK_TIMEOUT",
        "statement_timeouts": "DB_STATEMENT_TIMEOUT, DB_CHECK_TIMEOUT, MIGRATION_STATEMENT_TIMEOUT",
        "idle_timeout": "DB_IDLE_IN_TRANSACTION_TIMEOUT",
        "lock_timeout": "MIGRATION_LOCK_TIMEOUT",
        "lock_attempts": "MIGRATION_LOCK_ATTEMPTS",
        "wait_timeout": "MIGRATION_WAIT_TIMEOUT",
        "gate": "MIGRATION_GATE",
        "backfill_pause": "MIGRATION_BACKFILL_PAUSE",
        "backfill_lag": "MIGRATION_BACKFILL_LAG",
        "scratch_url": "DB_SCRATCH_URL",
    }
)
"""The variable of each setting, by the name of the setting in schemaproof."""
