"""The names of settings in messages; each program sets its own."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NEUTRAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "host": "the host",
        "port": "the port",
        "user": "the user",
        "password": "the password",
        "database": "the name of the database",
        "sslmode": "sslmode",
        "session_attributes": "target_session_attrs",
        "authentication": "require_auth",
        "pool_size": "the size of the pool",
        "timeouts": "the time-outs",
        "lock_timeouts": "SCHEMAPROOF_LOCK_TIMEOUT",
        "statement_timeouts": "statement_timeout",
        "idle_timeout": "the idle time-out of the session",
        "lock_timeout": "SCHEMAPROOF_LOCK_TIMEOUT",
        "lock_attempts": "SCHEMAPROOF_LOCK_ATTEMPTS",
        "wait_timeout": "SCHEMAPROOF_WAIT_TIMEOUT",
        "gate": "SCHEMAPROOF_GATE",
        "backfill_pause": "SCHEMAPROOF_BACKFILL_PAUSE",
        "backfill_lag": "SCHEMAPROOF_BACKFILL_LAG",
        "scratch_url": "SCHEMAPROOF_SCRATCH_URL",
    }
)
"""The names of settings for a program that has no own names for them."""

# The values are the former names of settings, which are read if the new one is not set.
_FORMER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "SCHEMAPROOF_LOCK_TIMEOUT": "MIGRATION_LOCK_TIMEOUT",
        "SCHEMAPROOF_LOCK_ATTEMPTS": "MIGRATION_LOCK_ATTEMPTS",
        "SCHEMAPROOF_WAIT_TIMEOUT": "MIGRATION_WAIT_TIMEOUT",
        "SCHEMAPROOF_GATE": "MIGRATION_GATE",
        "SCHEMAPROOF_BACKFILL_PAUSE": "MIGRATION_BACKFILL_PAUSE",
        "SCHEMAPROOF_BACKFILL_LAG": "MIGRATION_BACKFILL_LAG",
        "SCHEMAPROOF_SCRATCH_URL": "DB_SCRATCH_URL",
    }
)
_NAME: Final = re.compile(r"\$([a-z_]+)")


def with_names(text: str, names: Mapping[str, str]) -> str:
    """Return a text with the user's names of settings in place of ``$host`` and others."""
    known = {**NEUTRAL, **names}
    return _NAME.sub(lambda found: known.get(found[1], found[0]), text)


def stated(environ: Mapping[str, str], setting: str) -> tuple[str, str]:
    """Return the variable that sets a setting, and its value; empty when it is not set."""
    variable = NEUTRAL[setting]
    given = (variable, _FORMER[variable])
    return next(
        ((name, text) for name in given if (text := environ.get(name, "").strip())), (variable, "")
    )
