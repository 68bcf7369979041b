"""Alembic's commands on a scratch database, through the project's own env.py."""

from __future__ import annotations

from typing import Any

from schemaproof_probe.environment import Environment
from schemaproof_probe.failures import FailedError


def upgrade(environment: Environment, *, place: dict[str, str], revision: str) -> None:
    """Apply revisions, up to one."""
    from alembic import command

    environment.places.go_to(place)
    config = environment.config(command.upgrade, revision=revision)
    with environment.application():
        command.upgrade(config, revision)
    environment.places.require_connection()


def downgrade(environment: Environment, *, place: dict[str, str], revision: str) -> None:
    """Undo revisions, down to one."""
    from alembic import command

    environment.places.go_to(place)
    config = environment.config(command.downgrade, revision=revision)
    with environment.application():
        command.downgrade(config, revision)
    environment.places.require_connection()


def write(
    environment: Environment, *, place: dict[str, str] | None, options: dict[str, Any]
) -> str | None:
    """Write a revision's file; what the models ask for, where there is a database to compare with.

    Returns:
        The file; None when autogenerate finds no difference.
    """
    from alembic import command

    environment.places.go_to(place)
    autogenerate = place is not None
    asked = {**options, "autogenerate": autogenerate}
    config = environment.config(command.revision, **asked)
    if not autogenerate:
        [written] = _written(command.revision(config, **asked))
        return str(written.path)
    with environment.application():
        made = command.revision(
            config, **asked, process_revision_directives=_Directives(environment)
        )
    environment.places.require_connection()
    found = _written(made)
    return str(found[0].path) if found else None


def _written(made: Any) -> list[Any]:
    scripts = made if isinstance(made, list) else [made]
    return [one for one in scripts if one is not None]


class _Directives:
    """Called when autogenerate has compared: completes what it found, or writes nothing."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __call__(self, context: Any, _revision: Any, directives: list[Any]) -> None:
        if not directives:
            return
        [script] = directives
        if script.upgrade_ops is None:  # only with several databases
            raise FailedError("several", "env.py compares several databases at once")
        if script.upgrade_ops.is_empty():
            directives[:] = []
            return
        self._create_schemas(context, script)

    def _create_schemas(self, context: Any, script: Any) -> None:
        """Have the revision create the schemas of its tables, which autogenerate leaves out."""
        from alembic.operations.ops import ExecuteSQLOp
        from sqlalchemy import inspect

        there = inspect(context.connection).get_schema_names()
        schemas = {one.schema for one in _operations(script.upgrade_ops)}
        # With the driver's own paramstyle every % is doubled, which op.execute does again.
        plain = type(context.dialect)(paramstyle="named")
        for schema in sorted(one for one in schemas if one and one not in there):
            quoted = plain.identifier_preparer.quote(schema)
            name = quoted.replace(":", r"\:")  # op.execute takes :name for a parameter
            script.upgrade_ops.ops.insert(0, ExecuteSQLOp("CREATE SCHEMA IF NOT EXISTS " + name))
            script.downgrade_ops.ops.append(ExecuteSQLOp("DROP SCHEMA " + name))


def _operations(container: Any) -> list[Any]:
    """Return the operations that create tables, also of those that are grouped."""
    found = []
    for one in container.ops:
        if hasattr(one, "ops"):
            found.extend(_operations(one))
        elif type(one).__name__ == "CreateTableOp":
            found.append(one)
    return found
