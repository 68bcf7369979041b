"""The SQL of revisions, as ``alembic upgrade --sql`` prints it, with the lines that execute it."""

from __future__ import annotations

import io
import traceback
from typing import Any

from . import models, scripts
from .environment import Environment
from .failures import FailedError, described
from .scratch_connections import NOWHERE
from .target_metadata import NO_MODELS

_HELPED = frozenset((NOWHERE, NO_MODELS, "no-target"))


def statements(environment: Environment, *, revisions: list[str]) -> list[dict[str, Any]]:
    """Return the statements that the upgrade of each revision executes, without executing them.

    Raises:
        FailedError: env.py cannot print SQL, and gives its models only if it can connect.
    """
    printer = _Printer(environment)
    found: list[dict[str, Any]] = []
    for name in revisions:
        recorder = _Recorder(printer.script.get_revision(name))
        answer: dict[str, Any] = {"revision": name, "statements": recorder.statements}
        try:
            printer.run(recorder)
        except (Exception, SystemExit) as error:
            if printer.is_helped_by_database(error):
                raise
            traceback.print_exc()
            answer["error"] = described(error)
        found.append(answer)
    return found


class _Printer:
    """A printer of the SQL of revisions, which runs env.py where env.py can print SQL."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._place = environment.connections.place
        environment.connections.go_to(None)
        self.script = scripts.script(environment)
        self._prints_by_env = True
        self._models: list[Any] = []

    def is_helped_by_database(self, error: BaseException) -> bool:
        """Whether an error may be avoided by a database that env.py can connect to."""
        is_helped = isinstance(error, FailedError) and error.kind in _HELPED
        return is_helped and self._place is None

    def run(self, recorder: _Recorder) -> None:
        """Run a revision, and record the statements that it executes."""
        if self._prints_by_env:
            try:
                _print_by_env(self._environment, self.script, recorder)
            except (Exception, SystemExit):
                if recorder.has_begun:
                    raise
                traceback.print_exc()
                self._prints_by_env = False
            else:
                return
        # Where env.py does not run, the models alone say what it would pass to Alembic.
        parts = self._loaded()
        _run_offline(recorder, parts[0] if len(parts) == 1 else parts)

    def _loaded(self) -> list[Any]:
        environment = self._environment
        if not environment.metadata and not environment.has_env:
            return [None]
        if not self._models:
            try:
                with environment.connections.while_at(self._place):
                    self._models = models.load(environment)
            except FailedError as error:
                if error.kind != NO_MODELS or self._place is None:
                    raise
                self._models = [None]
        return self._models


def _print_by_env(environment: Environment, script: Any, recorder: _Recorder) -> None:
    from alembic import command
    from alembic.runtime.environment import EnvironmentContext

    def record(_: Any, context: Any) -> list[Any]:
        recorder.run(context)
        return []

    name = recorder.revision.revision
    config = environment.config(command.upgrade, revision=name, sql=True)
    config.output_buffer = io.StringIO()
    with environment.application(), EnvironmentContext(
        config, script, fn=record, as_sql=True, destination_rev=name
    ):
        script.run_env()
    if not recorder.has_begun:
        raise LookupError("env.py runs no migrations in offline mode")


def printed(revision: Any, metadata: Any) -> list[dict[str, Any]]:
    """Return the statements that the upgrade of a revision executes, when the models are loaded.

    Args:
        revision: The revision, loaded by Alembic.
        metadata: The models, for the names of constraints.

    Raises:
        Exception: The error that the revision raises.
    """
    recorder = _Recorder(revision)
    _run_offline(recorder, metadata)
    return recorder.statements


def _run_offline(recorder: _Recorder, metadata: Any) -> None:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        opts={
            "as_sql": True,
            "literal_binds": True,
            "target_metadata": metadata,
            "output_buffer": io.StringIO(),
        },
    )
    with Operations.context(context):
        recorder.run(context)


class _Recorder:
    """An output that replaces Alembic's while a revision runs."""

    def __init__(self, revision: Any) -> None:
        self.revision = revision
        self.statements: list[dict[str, Any]] = []
        self.has_begun = False
        self._autocommit = False
        self._has_ended = False

    def run(self, context: Any) -> None:
        if context.dialect.name != "postgresql":
            raise LookupError("env.py prints SQL of " + str(context.dialect.name))
        self.has_begun = True
        context.impl.static_output = self._record
        context.impl.emit_commit = self._leave_transaction
        context.impl.emit_begin = self._enter_transaction
        self.revision.module.upgrade()
        self._has_ended = True

    def _record(self, text: str) -> None:
        if self._has_ended:
            # Alembic now prints statements about its own table.
            return
        frames = traceback.walk_stack(None)
        path = self.revision.path
        lines = (line for frame, line in frames if frame.f_code.co_filename == path)
        self.statements.append(
            {"sql": text, "line": next(lines, 1), "autocommit": self._autocommit}
        )

    def _leave_transaction(self) -> None:
        self._autocommit = True

    def _enter_transaction(self) -> None:
        self._autocommit = False
