"""Autogenerate: what it compares, and what it leaves alone."""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from alembic import command
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.operations.ops import AlterColumnOp
from alembic.runtime.plugins import Plugin
from alembic.util import DispatchPriority, PriorityDispatchResult
from sqlalchemy import Column, Connection, DefaultClause, MetaData

from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import project_scratch
from schemaproof.project import Project

PLUGIN: Final = "schemaproof.autogenerate"


def options(metadata: MetaData) -> dict[str, Any]:
    """Return the options of ``context.configure`` that concern autogenerate."""
    _register_plugin()
    return {
        "include_schemas": True,
        "include_name": _only_declared(metadata),
        "compare_type": True,
        "compare_server_default": True,
        "autogenerate_plugins": [
            "alembic.autogenerate.*",
            "alembic.ext.checkconstraint_byname",
            PLUGIN,
        ],
    }


def is_asked_for(config: Config) -> bool:
    """Whether the command line asks for ``revision --autogenerate`` or ``check``."""
    asked = config.cmd_opts
    if asked is None:
        return False
    return bool(getattr(asked, "autogenerate", False)) or asked.cmd[0] is command.check


@contextmanager
def at_head(project: Project) -> Iterator[Connection]:
    """Connect to a scratch database in which all revisions are applied.

    The models are compared with what the revisions produce. On the target it would also
    propose to undo whatever else is different there.
    """
    with project_scratch(project) as scratch:
        with ProjectProbe(project) as probe:
            for head in project.target or ("heads",):
                probe.upgrade(scratch, head)
        with scratch.place.engine().connect() as connection:
            yield connection


def _only_declared(
    metadata: MetaData,
) -> Callable[[str | None, str, MutableMapping[str, str | None]], bool]:
    """Look only at tables that a model declares: nothing else is altered or dropped."""
    declared = {(table.schema, table.name) for table in metadata.tables.values()}
    schemas = {schema for schema, _ in declared}

    def include_name(name: str | None, kind: str, parents: MutableMapping[str, str | None]) -> bool:
        if kind == "schema":
            return name in schemas
        if kind == "table":
            return (parents["schema_name"], name) in declared
        return True

    return include_name


def _register_plugin() -> None:
    # Alembic keeps plugins for the whole process, and env.py may run more than once in it.
    with suppress(ValueError):
        Plugin(PLUGIN).add_autogenerate_comparator(
            _default_of_another_type, "column", "server_default", priority=DispatchPriority.FIRST
        )


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
