"""What ``env.py`` does: connect, configure Alembic, run the migrations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from logging.config import fileConfig
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData

from schemaproof.connection import own_settings
from schemaproof.connection.interrupt import interruptible
from schemaproof.connection.target import MigrationSettings, Target
from schemaproof.errors import ConfigurationError
from schemaproof.history import autogenerate
from schemaproof.history.history import load_history
from schemaproof.history.metadata import load_metadata
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import project_scratch
from schemaproof.migrate import (
    alembic_output,
    client_gone,
    connection_slot,
    in_probe,
    notices,
    offline_script,
    printed_revisions,
)
from schemaproof.migrate.gate import Policy
from schemaproof.migrate.gate_overrides import overrides_of_config
from schemaproof.migrate.identity import find_identity
from schemaproof.migrate.migrate import Migration
from schemaproof.migrate.progress import ATTRIBUTE, Lines, Progress
from schemaproof.migrate.revision_hook import RevisionHook
from schemaproof.project import Project


def run(context: ModuleType, target: Target) -> None:
    """Run what Alembic was asked for.

    Args:
        context: ``alembic.context``, within ``env.py``.
        target: The project and its database.
    """
    config: Config = context.config
    _configure_logging(config)
    project = target.project(config_folder(config))
    metadata = load_metadata(project)
    if in_probe.asks(config):
        in_probe.run(context, _options(project, metadata))
        return
    settings = _settings(config, target)
    hook = RevisionHook(
        project=project,
        history=load_history(project),
        identity=find_identity(project.root),
        policy=Policy(settings.MIGRATION_GATE, overrides_of_config(config)),
        printer=partial(printed_revisions.printed, context.script, metadata),
    )
    plan, configure = _plan(context), partial(context.configure, **_options(project, metadata))
    if context.is_offline_mode():
        offline_script.print_script(context, configure, plan, hook)
        return
    _migrate(context, configure, plan, hook, settings, target)


def _migrate(
    context: ModuleType,
    configure: Callable[..., None],
    plan: Callable[..., Any],
    hook: RevisionHook,
    settings: MigrationSettings,
    target: Target,
) -> None:
    config: Config = context.config
    progress: Progress = config.attributes.get(ATTRIBUTE) or Lines(_printer(config))
    with (
        interruptible(),
        _connected(config, hook.project, target, progress.say) as connection,
        notices.forwarded(connection, progress.say),
    ):
        migration = Migration(
            context=context,
            plan=plan,
            connection=connection,
            hook=hook,
            settings=settings,
            progress=progress,
        )
        configure(connection=connection, fn=migration.remaining, on_version_apply=hook)
        migration.run()


def _plan(context: ModuleType) -> Callable[..., Any]:
    """Return the function that Alembic's command brought, which plans the steps."""
    # Alembic shows it only once it is configured, and takes another then.
    with alembic_output.quiet_log():
        context.configure(dialect_name="postgresql")
    plan: Callable[..., Any] = context.get_context().opts["fn"]
    return plan


def _options(project: Project, metadata: MetaData) -> dict[str, Any]:
    schema, table = project.version_table
    return {
        "target_metadata": metadata,
        "transaction_per_migration": True,
        "version_table": table,
        "version_table_schema": schema,
        **autogenerate.options(metadata),
    }


def _is_in_scratch(config: Config) -> bool:
    return config.attributes.get("connection") is None and autogenerate.is_asked_for(config)


def _settings(config: Config, target: Target) -> MigrationSettings:
    """Return the settings: of the target, unless the caller hands over a connection to it."""
    if config.attributes.get("connection") is not None:
        return target.migration_settings()
    with suppress(ConfigurationError):
        return target.settings()
    return target.migration_settings()


def _configure_logging(config: Config) -> None:
    """Set up the loggers of the ini file on Alembic's own command line, and nowhere else."""
    if config.config_file_name is None or config.cmd_opts is None:
        return
    if config.file_config.has_section("loggers"):
        fileConfig(config.config_file_name, disable_existing_loggers=False)
        alembic_output.escape_log()


def config_folder(config: Config) -> Path | None:
    """Return the folder of the configuration file; None without one."""
    return Path(config.config_file_name).parent if config.config_file_name else None


@contextmanager
def _connected(
    config: Config,
    project: Project,
    target: Target,
    say: Callable[[str], None],
) -> Iterator[Connection]:
    """Connect to what the caller handed over, to a scratch database, or to the target.

    Autogenerate compares the models with what the revisions produce. On the target it would also
    propose to undo whatever else is different there.
    """
    given: Engine | Connection | None = config.attributes.get("connection")
    if _is_in_scratch(config):
        with project_scratch(project) as scratch:
            with ProjectProbe(project) as probe:
                probe.upgrade(scratch, "heads")
            with scratch.place.engine().connect() as connection:
                yield connection
    elif isinstance(given, Connection):
        with own_settings.ours(given):
            yield given
    else:
        path = offline_script.PATH_OF_REVISIONS if given is None else None
        with (
            _connect(given, target, say) as connection,
            own_settings.ours(connection, search_path=path),
        ):
            if given is None:
                client_gone.end_with_client(connection)
            yield connection


def _connect(given: Engine | None, target: Target, say: Callable[[str], None]) -> Connection:
    if given is not None:
        return given.connect()
    return connection_slot.connect(target.migration_engine(), target.settings(), say)


def _printer(config: Config) -> Callable[[str], None]:
    def say(line: str) -> None:
        # The text itself may hold a %.
        config.print_stdout("%s", line)

    return say
