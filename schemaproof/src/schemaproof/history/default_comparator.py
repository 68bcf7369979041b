"""A plugin of Alembic (1.20 and later): the defaults of a column whose type changes."""

from contextlib import suppress
from typing import Any, Final

from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import AlterColumnOp
from alembic.runtime.plugins import Plugin
from alembic.util import DispatchPriority, PriorityDispatchResult
from sqlalchemy import Column, DefaultClause

_NAME: Final = "schemaproof.autogenerate"


def registered() -> str:
    """Return the name of the plugin, which Alembic knows from now on."""
    # It keeps plugins for the whole process, and env.py may run more than once in it.
    with suppress(ValueError):
        Plugin(_NAME).add_autogenerate_comparator(
            _default_of_another_type, "column", "server_default", priority=DispatchPriority.FIRST
        )
    return _NAME


def _default_of_another_type(
    context: AutogenContext,
    operation: AlterColumnOp,
    _schema: str | None,
    _table: str,
    _column: str,
    inspected: Column[Any],
    declared: Column[Any],
) -> PriorityDispatchResult:
    """Compare the defaults of a column whose type changes, by their text.

    Alembic asks PostgreSQL whether both values are equal, which fails where the two types have no
    common operator (jsonb and text).
    """
    old, new = inspected.server_default, declared.server_default
    if not (isinstance(old, DefaultClause) and isinstance(new, DefaultClause)):
        return PriorityDispatchResult.CONTINUE
    if _base_type(context, inspected) == _base_type(context, declared):
        return PriorityDispatchResult.CONTINUE
    operation.existing_server_default = old
    if str(old.arg) != str(new.arg):
        operation.modify_server_default = new
    return PriorityDispatchResult.STOP


def _base_type(context: AutogenContext, column: Column[Any]) -> str:
    return str(column.type.compile(context.dialect)).partition("(")[0]
