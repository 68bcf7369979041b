"""Settings for the database of a test."""

import pytest

import core.config
import core.database
from core.config import DatabaseSettings
from schemaproof_testing.servers import Database


def settings_for(database: Database, **changes: object) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**database.environ(), **changes})


def configure(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """Set environment variables, and reset the engines and settings of the application."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    core.config.get_settings.cache_clear()
    core.database.reset()
