"""The SQL of revisions, as ``alembic upgrade --sql`` prints it, and where it comes from."""

from __future__ import annotations

import io
import traceback
from typing import Any

from . import models, scripts
from .environment import Environment
from .failures import described


def statements(environment: Environment, *, revisions: list[str]) -> list[dict[str, Any]]:
    """Return the statements that the upgrade of each revision executes, without executing them."""
    environment.connections.go_to(None)
    script = scripts.script(environment)
    found: list[dict[str, Any]] = []
    for name in revisions:
        recorder = _Recorder(script.get_revision(name))
        answer: dict[str, Any] = {"revision": name, "statements": recorder.statements}
        try:
            _print(environment, script, recorder)
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            answer["error"] = described(error)
        found.append(answer)
    return found


def _print(environment: Environment, script: Any, recorder: _Recorder) -> None:
    try:
        _print_by_env(environment, script, recorder)
    except (Exception, SystemExit):
        if recorder.has_begun:
            raise
        # This env.py cannot print SQL. Its metadata is all that is needed of it.
        traceback.print_exc()
        _print_without_env(environment, recorder)


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


def _print_without_env(environment: Environment, recorder: _Recorder) -> None:
    parts = models.load(environment) if environment.metadata or environment.has_env else [None]
    _run_offline(recorder, parts[0] if len(parts) == 1 else parts)


def printed(revision: Any, metadata: Any) -> list[dict[str, Any]]:
    """Return the statements that the upgrade of a revision executes, when the models are loaded.

    Args:
        revision: As Alembic has loaded it.
        metadata: The models, for the names of constraints.

    Raises:
        Exception: Whatever the revision raises.
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
    """Replaces Alembic's output while a revision runs."""

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
