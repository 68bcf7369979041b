"""Complete the configuration of env.py, in a process that serves one request only."""

from __future__ import annotations

import inspect
from typing import Any, Callable

Extend = Callable[["dict[str, Any]"], "dict[str, Any]"]
OURS = "schemaproof.probe"
"""The name of the attribute that only configurations with the scratch database have."""


def hand_over(script: Any) -> None:
    """Make Alembic's commands use the revisions that were read.

    Each command would read all files anew, which takes longer than to apply one revision.
    """
    from alembic.script import ScriptDirectory

    from_config = ScriptDirectory.from_config

    def known(config: Any) -> Any:
        return script if OURS in config.attributes else from_config(config)

    ScriptDirectory.from_config = known  # type: ignore[method-assign]


def by_name(
    method: Callable[..., Any], positional: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments of a call of a method by their names, without ``self``."""
    _, *names = inspect.signature(method).parameters
    return {**dict(zip(names, positional)), **named}


def extend(left_open: Extend, decided: Extend | None = None) -> None:
    """Add options to ``context.configure`` that env.py does not pass.

    Args:
        left_open: The function that returns further options, given those of env.py, which take
            precedence.
        decided: The function that returns further options, given those of env.py; the further
            options take precedence.
    """
    from alembic.runtime.environment import EnvironmentContext

    configure = EnvironmentContext.configure

    def extended(environment: Any, *positional: Any, **named: Any) -> None:
        given = by_name(configure, positional, named)
        more = left_open(given)
        configure(environment, **{**more, **given, **(decided(given) if decided else {})})

    EnvironmentContext.configure = extended  # type: ignore[method-assign, assignment]


class VersionTable:
    """The table in which env.py lets Alembic keep the revision.

    Attributes:
        name: The schema and the name; None before env.py has configured Alembic.
    """

    def __init__(self) -> None:
        self.name: tuple[str, str] | None = None

    def __call__(self, given: dict[str, Any]) -> dict[str, Any]:
        """Note the version table that env.py configures, and create its schema if it names one."""
        schema = given.get("version_table_schema")
        self.name = (schema or "public", given.get("version_table") or "alembic_version")
        if schema:
            _make_schema(given.get("connection"), schema)
        return {}


def _make_schema(connection: Any, schema: str) -> None:
    if connection is not None:
        quoted = connection.dialect.identifier_preparer.quote(schema)
        is_callers = connection.in_transaction()
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS " + quoted.replace("%%", "%"))
        if not is_callers and hasattr(connection, "commit"):
            connection.commit()
