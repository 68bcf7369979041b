"""Settings that have no default."""

from core.config import DatabaseSettings

PASSWORD = "p%40:/?#[]@ é"
REQUIRED = {"DB_USER": "monps", "DB_PASSWORD": PASSWORD, "DB_NAME": "odds"}


def make(**changes: object) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**REQUIRED, **changes})
