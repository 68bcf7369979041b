"""Settings for a test's own database."""

from core.config import DatabaseSettings
from schemaproof_testing.servers import Database


def settings_for(database: Database, **changes: object) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**database.environ(), **changes})
