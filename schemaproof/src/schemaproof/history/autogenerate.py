"""The options and the database of autogenerate."""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData

from schemaproof.history import default_comparator
from schemaproof.project import Project


def options(metadata: MetaData) -> dict[str, Any]:
    """Return the options of ``context.configure`` that concern autogenerate.

    Before 1.20 Alembic compares no CHECK, and has no plugins.
    """
    asked: dict[str, Any] = {
        "include_schemas": True,
        "include_name": _only_declared(metadata),
        "compare_type": True,
    }
    if find_spec("alembic.ext") is None:
        return {**asked, "compare_server_default": default_comparator.differs}
    from schemaproof.history import default_plugin

    plugins = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]
    plugins.append(default_plugin.registered())
    return {**asked, "compare_server_default": True, "autogenerate_plugins": plugins}


def is_asked_for(config: Config) -> bool:
    """Whether the command line asks for ``revision --autogenerate`` or ``check``."""
    asked = config.cmd_opts
    if asked is None:
        return False
    return bool(getattr(asked, "autogenerate", False)) or asked.cmd[0] is command.check


@contextmanager
def at_head(project: Project) -> Iterator[Connection]:
    """Connect to a scratch database in which all revisions are applied.

    Autogenerate compares the models with the schema that the revisions produce. On the target it
    would also propose to undo all other differences.
    """
    # These imports are here because an upgrade, which needs the options alone, would start slower.
    from schemaproof.history.project_probe import ProjectProbe
    from schemaproof.history.scratch import project_scratch

    with project_scratch(project) as scratch:
        with ProjectProbe(project) as probe:
            for head in project.target or ("heads",):
                probe.upgrade(scratch, head)
        with scratch.place.engine().connect() as connection:
            yield connection


def _only_declared(
    metadata: MetaData,
) -> Callable[[str | None, str, MutableMapping[str, str | None]], bool]:
    """Return a filter that compares only declared tables; others are never altered or dropped."""
    declared = {(table.schema, table.name) for table in metadata.tables.values()}
    schemas = {schema for schema, _ in declared}

    def include_name(name: str | None, kind: str, parents: MutableMapping[str, str | None]) -> bool:
        if kind == "schema":
            return name in schemas
        if kind == "table":
            return (parents["schema_name"], name) in declared
        return True

    return include_name
