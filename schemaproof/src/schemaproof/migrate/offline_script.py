"""Print revisions as a script (``--sql``) that any program can run.

A program may continue after an error, as psql does, and a pooler may run each transaction in
another session. So each transaction sets its own search_path and first checks the state that it
depends on. Statements outside of transactions (``autocommit_block``) write nothing unless the
previous ones succeeded.
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from types import ModuleType
from typing import Any, Final

from alembic.runtime.migration import MigrationContext, MigrationInfo

from schemaproof.connection import own_settings
from schemaproof.history import history_tables
from schemaproof.migrate import alembic_output, ledger_writer, preconditions
from schemaproof.migrate.progress import ATTRIBUTE
from schemaproof.migrate.revision_hook import RevisionHook
from schemaproof.report.script import script
from schemaproof.schema.scope import Scope

PATH_OF_REVISIONS: Final = "public"
"""The ``search_path`` of revisions, unless the caller hands over a connection."""
# Otherwise SQLAlchemy would double each % for the driver, also in comments and in PL/pgSQL.
_PLAIN: Final[dict[str, Any]] = {"paramstyle": "named"}
_READ_ONLY: Final = "SET default_transaction_read_only TO {}"


def print_script(
    context: ModuleType,
    configure: Callable[..., None],
    plan: Callable[..., Any],
    hook: RevisionHook,
) -> None:
    """Print the script that Alembic was called for.

    Args:
        context: ``alembic.context``, within ``env.py``.
        configure: The function that configures Alembic.
        plan: The function that plans the steps, as Alembic's command does.
        hook: The hook, which knows the revisions and the identity of the migrator.
    """
    printed = io.StringIO()
    is_ours = context.config.cmd_opts is not None or ATTRIBUTE in context.config.attributes
    path = PATH_OF_REVISIONS if is_ours else "DEFAULT"

    def steps(heads: Any, migration: MigrationContext) -> list[Any]:
        return [printed_steps.within(step) for step in plan(heads, migration)]

    configure(
        dialect_name="postgresql",
        literal_binds=True,
        dialect_opts=_PLAIN,
        output_buffer=printed,
        fn=steps,
        on_version_apply=_Recording(hook),
    )
    printed_steps = _Script(context.get_context(), hook.scope, path)
    printed_steps.listen()
    for statement in own_settings.FOR_SCRIPT:
        context.execute(statement)
    with context.begin_transaction():
        context.run_migrations()
    context.execute(_READ_ONLY.format("DEFAULT"))
    context.execute(own_settings.AFTER_SCRIPT)
    alembic_output.write_script(context.config, script(printed.getvalue()))


@dataclass(eq=False)
class _Recording:
    """The hook that Alembic calls (``on_version_apply``) after a revision: it writes the ledger."""

    hook: RevisionHook
    _has_ledger: bool = False

    def __call__(
        self, *, ctx: MigrationContext, step: MigrationInfo, heads: Iterable[str], **_: Any
    ) -> None:
        at, scope, history = tuple(heads), self.hook.scope, self.hook.history
        gone = {*step.source_revision_ids}.difference(at)
        history_tables.verify_written_in_script(ctx, scope, at, gone)
        if not self._has_ledger:
            self._has_ledger = True
            ledger_writer.prepare_in_script(ctx, scope)
            history_tables.lock_and_inspect_in_script(ctx, scope)
        if preconditions.undoes_something(history, step):
            ledger_writer.refuse_unless_upgraded(ctx, scope, step)
        tables = history.relation_names(at, scope.schemas)
        ledger_writer.record_in_script(ctx, scope, replace(self.hook.row(step), tables=tables))


@dataclass(eq=False)
class _Script:
    """The parts of a script around the bodies of revisions.

    Attributes:
        context: Alembic's context, which prints the statements.
        scope: The scope that names the migrator's own tables.
        path: The search_path of the bodies.
    """

    context: MigrationContext
    scope: Scope
    path: str
    _is_within_body: bool = False

    def listen(self) -> None:
        """Print our statements at the beginning and end of each transaction."""
        implementation: Any = self.context.impl
        begin, commit = implementation.emit_begin, implementation.emit_commit
        implementation.emit_begin = lambda: self._begin(begin)
        implementation.emit_commit = lambda: self._commit(commit)

    def within(self, step: Any) -> Any:
        """Return a step that checks the runner's tables first, with a search_path for its body."""
        body = step.migration_fn

        @wraps(body)
        def held(**kw: Any) -> None:
            history_tables.lock_and_inspect_in_script(self.context, self.scope)
            history_tables.verify_written_in_script(
                self.context, self.scope, step.info.source_revision_ids
            )
            self._set_path(self.path)
            self._is_within_body = True
            body(**kw)
            self._is_within_body = False
            self._set_path(own_settings.SEARCH_PATH)
            history_tables.lock_and_inspect_in_script(self.context, self.scope)

        step.migration_fn = held
        return step

    def _begin(self, emit: Callable[[], None]) -> None:
        if self._is_within_body:
            # An autocommit_block has ended.
            self._set_path(own_settings.SEARCH_PATH, local="")
            emit()  # The transaction is read-only, unless the one before the block was committed.
            self._execute(_READ_ONLY.format("on"))
            self._set_path(self.path)
            return
        self._execute(_READ_ONLY.format("on"))
        emit()
        self._execute("SET TRANSACTION READ WRITE")
        self._set_path(own_settings.SEARCH_PATH)

    def _commit(self, emit: Callable[[], None]) -> None:
        if self._is_within_body:
            # An autocommit_block begins.
            # If the transaction has failed, this setting is lost.
            self._execute(_READ_ONLY.format("off"))
        emit()
        if self._is_within_body:
            self._set_path(self.path, local="")

    def _set_path(self, path: str, *, local: str = "LOCAL ") -> None:
        self._execute(f"SET {local}search_path TO {path}")

    def _execute(self, statement: str) -> None:
        self.context.impl.static_output(f"{statement};")
