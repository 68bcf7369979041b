"""The steps of ``env.py``: connect, configure Alembic, run the migrations."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from logging.config import fileConfig
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from alembic import util
from alembic.config import Config
from sqlalchemy import Connection, MetaData

from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.connection.interrupt import interruptible
from schemaproof.connection.target import MigrationSettings, Target
from schemaproof.errors import ConfigurationError
from schemaproof.history import autogenerate, tenants
from schemaproof.history.history import load_history
from schemaproof.history.metadata import load_metadata
from schemaproof.migrate import (
    alembic_output,
    backfill_request,
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
from schemaproof.migrate.preconditions import UnsafeRevisions
from schemaproof.migrate.progress import ATTRIBUTE, Lines, Progress
from schemaproof.migrate.revision_hook import RevisionHook
from schemaproof.project import Project
from schemaproof.schema.scope import Scope


def run(
    context: ModuleType,
    target: Target,
    *,
    options: Mapping[str, Any] = MappingProxyType({}),
    arguments: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Run the command that Alembic was called with.

    Args:
        context: ``alembic.context``, within ``env.py``.
        target: The project and its database.
        options: The options of ``context.configure``.
        arguments: The arguments of the revisions' functions.
    """
    config: Config = context.config
    inputs = _inputs(config, target, options)
    if in_probe.asks(config):
        tenant = inputs.project.tenant_names
        in_probe.run(context, tenant, inputs.configured, arguments, inputs.given)
        return
    settings = inputs.settings()
    hook = _hook(context, inputs, Policy(settings.gate, overrides_of_config(config)))
    progress: Progress = config.attributes.get(ATTRIBUTE) or Lines(_printer(config))
    configured = {**inputs.configured, **_backfills(inputs.project.scope, settings, progress)}
    plan, configure = _plan(context), partial(context.configure, **configured)
    if context.is_offline_mode():
        offline_script.print_script(context, configure, plan, hook)
        return
    with interruptible(), inputs.connected(config, progress.say) as connection:
        migration = Migration(context, plan, connection, hook, settings, progress, arguments)
        listeners = (hook, *util.to_tuple(options.get("on_version_apply"), default=()))
        configure(connection=connection, fn=migration.remaining, on_version_apply=listeners)
        migration.run()


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The inputs of a migration.

    Attributes:
        target: The target database.
        project: The project of the revisions.
        given: The connection that the caller passes.
        configured: The options of ``context.configure``.
    """

    target: Target
    project: Project
    given: Given
    configured: Mapping[str, Any]

    def settings(self) -> MigrationSettings:
        """Return the settings: of the target, or of the connection that the caller passes."""
        if self.given is None:
            with suppress(ConfigurationError):
                return self.target.settings()
        return self.target.migration_settings()

    @contextmanager
    def connected(self, config: Config, say: Callable[[str], None]) -> Iterator[Connection]:
        """Connect; without a given connection, autogenerate gets a scratch database."""
        is_in_scratch = self.given is None and autogenerate.is_asked_for(config)
        if is_in_scratch and not isinstance(self.target, GivenTarget):
            opened = autogenerate.at_head(self.project)
        else:
            opened = migration_connection.connected(self.given, self.target, say)
        with opened as connection, notices.forwarded(connection, say):
            yield connection


def _inputs(config: Config, target: Target, options: Mapping[str, Any]) -> _Inputs:
    project = _project(config, target)
    needed = _needed(*project.version_table)
    if isinstance(target, GivenTarget):
        # env.py decides about logging and autogenerate.
        return _Inputs(target, project, target.bind, {**options, **needed})
    _configure_logging(config)
    metadata, given = load_metadata(project), config.attributes.get("connection")
    usual = {"target_metadata": metadata, **needed, **autogenerate.options(metadata)}
    return _Inputs(target, project, given, {**usual, **options})


def _project(config: Config, target: Target) -> Project:
    """Find the project; with the squashed revisions if Alembic is configured for their folder."""
    project = target.project(config_folder(config))
    squashed, named = project.squashed(), config.get_main_option("version_locations")
    is_named = named is not None and Path(named).absolute() == squashed.version_folder.absolute()
    return squashed if is_named else project


def _hook(context: ModuleType, inputs: _Inputs, policy: Policy) -> RevisionHook:
    """Read the revisions, as they are for the tenant, and have Alembic load them."""
    project = inputs.project
    scope, history = project.scope, load_history(project)
    history = tenants.expected_history(history, project.tenant_names)
    loaded_revisions.require_loadable(context.script, project.root)
    metadata = inputs.configured.get("target_metadata") or MetaData()
    return RevisionHook(
        scope=scope,
        identity=find_identity(project.root),
        history=history,
        policy=policy,
        unsafe=UnsafeRevisions(
            scope=scope,
            history=history,
            policy=policy,
            printer=partial(printed_revisions.printed, context.script, metadata),
            options=project.lint_options,
            searched=tenants.searched(project),
        ),
        baseline_file=project.baseline_file,
        scratch=ScratchQueries(project),
        locks=locks_for(project.tenant),
    )


def _plan(context: ModuleType) -> Callable[..., Any]:
    """Return the function of Alembic's command that plans the steps."""
    # Alembic shows the function only after configure(), which is called once more later.
    with alembic_output.quiet_log():
        context.configure(dialect_name="postgresql")
    plan: Callable[..., Any] = context.get_context().opts["fn"]
    # If env.py migrates several databases, this is the function of the one before.
    before = getattr(plan, "__self__", None)
    return before.plan if isinstance(before, Migration) else plan


def _backfills(
    scope: Scope, settings: MigrationSettings, progress: Progress
) -> dict[str, backfill_request.Options]:
    options = backfill_request.Options(
        scope=scope,
        pause=settings.backfill_pause,
        lag=settings.backfill_lag,
        attempts=settings.lock_attempts,
        report=progress.filled,
        say=progress.say,
    )
    return {backfill_request.OPTION: options}


def _needed(schema: str, table: str) -> dict[str, Any]:
    """Return the options that the runner itself needs."""
    return {
        "transaction_per_migration": True,
        "version_table": table,
        "version_table_schema": schema,
    }


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
        # The line is an argument, because it may contain a %.
        config.print_stdout("%s", line)

    return say
