"""What ``env.py`` does: connect, configure Alembic, run the migrations."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from logging.config import fileConfig
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from alembic import util
from alembic.config import Config
from sqlalchemy import Connection, MetaData

from schemaproof.check import tenants
from schemaproof.connection.interrupt import interruptible
from schemaproof.connection.target import MigrationSettings, Target
from schemaproof.errors import ConfigurationError
from schemaproof.history import autogenerate
from schemaproof.history.history import History, load_history
from schemaproof.history.metadata import load_metadata
from schemaproof.migrate import (
    alembic_output,
    in_probe,
    loaded_revisions,
    migration_connection,
    notices,
    offline_script,
    printed_revisions,
)
from schemaproof.migrate.gate import Policy
from schemaproof.migrate.gate_overrides import overrides_of_config
from schemaproof.migrate.given_target import GivenTarget
from schemaproof.migrate.identity import find_identity
from schemaproof.migrate.migrate import Migration
from schemaproof.migrate.migration_connection import Given
from schemaproof.migrate.migrator_lock import locks_for
from schemaproof.migrate.progress import ATTRIBUTE, Lines, Progress
from schemaproof.migrate.revision_hook import RevisionHook
from schemaproof.project import Project


def run(
    context: ModuleType,
    target: Target,
    *,
    options: Mapping[str, Any] = MappingProxyType({}),
    arguments: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Run what Alembic was asked for.

    Args:
        context: ``alembic.context``, within ``env.py``.
        target: The project and its database.
        options: Of ``context.configure``.
        arguments: What the functions of the revisions are called with.
    """
    config: Config = context.config
    project = target.project(config_folder(config))
    given, configured = _configured(config, target, project, options)
    if in_probe.asks(config):
        in_probe.run(context, project, configured, arguments, given)
        return
    settings = _settings(given, target)
    hook = RevisionHook(
        project=project,
        identity=find_identity(project.root),
        history=_history(context, project),
        policy=Policy(settings.gate, overrides_of_config(config)),
        printer=partial(printed_revisions.printed, context.script, _metadata(configured)),
        locks=locks_for(project.tenant),
    )
    plan, configure = _plan(context), partial(context.configure, **configured)
    if context.is_offline_mode():
        offline_script.print_script(context, configure, plan, hook)
        return
    progress: Progress = config.attributes.get(ATTRIBUTE) or Lines(_printer(config))
    with interruptible(), _connection(config, given, target, project, progress) as connection:
        migration = Migration(context, plan, connection, hook, settings, progress, arguments)
        listeners = (hook, *util.to_tuple(options.get("on_version_apply"), default=()))
        configure(connection=connection, fn=migration.remaining, on_version_apply=listeners)
        migration.run()


def _history(context: ModuleType, project: Project) -> History:
    """Read the revisions, as they are for the tenant, and have Alembic load them."""
    history = tenants.expected_history(load_history(project), project)
    loaded_revisions.require_loadable(context.script, project.root)
    return history


def _configured(
    config: Config, target: Target, project: Project, options: Mapping[str, Any]
) -> tuple[Given, dict[str, Any]]:
    """Return what the caller hands over, and the options of ``context.configure``."""
    needed = _needed(project)
    if isinstance(target, GivenTarget):
        # env.py sets up logging and autogenerate as it likes.
        return target.bind, {**options, **needed}
    _configure_logging(config)
    given: Given = config.attributes.get("connection")
    metadata = load_metadata(project)
    usual = {"target_metadata": metadata, **needed, **autogenerate.options(metadata)}
    return given, {**usual, **options}


def _metadata(configured: Mapping[str, Any]) -> MetaData:
    return configured.get("target_metadata") or MetaData()


@contextmanager
def _connection(
    config: Config, given: Given, target: Target, project: Project, progress: Progress
) -> Iterator[Connection]:
    """Connect to the database; autogenerate looks at a scratch database where none is given."""
    is_in_scratch = given is None and autogenerate.is_asked_for(config)
    if is_in_scratch and not isinstance(target, GivenTarget):
        opened = autogenerate.at_head(project)
    else:
        opened = migration_connection.connected(given, target, progress.say)
    with opened as connection, notices.forwarded(connection, progress.say):
        yield connection


def _plan(context: ModuleType) -> Callable[..., Any]:
    """Return the function that Alembic's command brought, which plans the steps."""
    # Alembic shows it only once it is configured, and takes another then.
    with alembic_output.quiet_log():
        context.configure(dialect_name="postgresql")
    plan: Callable[..., Any] = context.get_context().opts["fn"]
    # Where env.py migrates several databases, the one before has left its own there.
    before = getattr(plan, "__self__", None)
    return before.plan if isinstance(before, Migration) else plan


def _needed(project: Project) -> dict[str, Any]:
    """Return what the runner itself stands on."""
    schema, table = project.version_table
    return {
        "transaction_per_migration": True,
        "version_table": table,
        "version_table_schema": schema,
    }


def _settings(given: Given, target: Target) -> MigrationSettings:
    """Return the settings: of the target, unless the caller hands over a connection to it."""
    if given is not None:
        return target.migration_settings()
    with suppress(ConfigurationError):
        return target.settings()
    return target.migration_settings()


def _configure_logging(config: Config) -> None:
    """Set up the loggers of the ini file on Alembic's own command line, and nowhere else."""
    if config.config_file_name is None or config.cmd_opts is None or ATTRIBUTE in config.attributes:
        return
    if config.file_config.has_section("loggers"):
        fileConfig(config.config_file_name, disable_existing_loggers=False)
        alembic_output.escape_log()


def config_folder(config: Config) -> Path | None:
    """Return the folder of the configuration file; None without one."""
    return Path(config.config_file_name).parent if config.config_file_name else None


def _printer(config: Config) -> Callable[[str], None]:
    def say(line: str) -> None:
        # The text itself may hold a %.
        config.print_stdout("%s", line)

    return say
