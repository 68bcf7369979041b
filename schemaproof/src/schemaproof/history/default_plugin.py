"""A plugin for Alembic 1.20 and later, in which ``compare_server_default`` fails on identities."""

from contextlib import suppress
from typing import Any, Final

from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import AlterColumnOp
from alembic.runtime.plugins import Plugin
from alembic.util import DispatchPriority, PriorityDispatchResult
from sqlalchemy import Column, DefaultClause

from schemaproof.history import default_comparator

_NAME: Final = "schemaproof.autogenerate"


def registered() -> str:
    """Return the name of the plugin, and register it with Alembic."""
    # Alembic keeps plugins for the whole process, and env.py may run more than once in it.
    with suppress(ValueError):
        Plugin(_NAME).add_autogenerate_comparator(
            _compare, "column", "server_default", priority=DispatchPriority.FIRST
        )
    return _NAME


def _compare(
    context: AutogenContext,
    operation: AlterColumnOp,
    _schema: str | None,
    _table: str,
    _column: str,
    inspected: Column[Any],
    declared: Column[Any],
) -> PriorityDispatchResult:
    old, new = inspected.server_default, declared.server_default
    if not (isinstance(old, DefaultClause) and isinstance(new, DefaultClause)):
        return PriorityDispatchResult.CONTINUE
    compiled = new.arg if isinstance(new.arg, str) else _sql(context, new.arg)
    differs = default_comparator.differs(
        context.migration_context, inspected, declared, str(old.arg), new, compiled
    )
    if differs is None:
        return PriorityDispatchResult.CONTINUE
    operation.existing_server_default = old
    if differs:
        operation.modify_server_default = new
    return PriorityDispatchResult.STOP


def _sql(context: AutogenContext, default: Any) -> str:
    return str(default.compile(dialect=context.dialect, compile_kwargs={"literal_binds": True}))
