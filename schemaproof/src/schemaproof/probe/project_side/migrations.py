"""Alembic's commands on a scratch database, through the project's own env.py."""

from __future__ import annotations

import contextlib
import os
import shutil
import traceback
from typing import Any, Callable, Iterator, TypeVar

from . import configuring
from .environment import Environment
from .own_connection import connected

_T = TypeVar("_T")


def upgrade(environment: Environment, *, place: dict[str, str], revision: str) -> Any:
    """Apply revisions up to one.

    Returns:
        The table in which Alembic keeps the revision (``version_table``), and whether env.py ran in
        a worker thread of AnyIO (``worker_thread``).
    """
    from alembic import command

    environment.connections.go_to(place)
    configuring.hand_over(environment.script())
    table = configuring.VersionTable()
    configuring.extend(table)
    config = environment.config(command.upgrade, revision=revision)
    _run(environment, config, lambda: command.upgrade(config, revision))
    environment.connections.require_connection()
    return {"version_table": table.name, "worker_thread": environment.wants_worker_thread}


def downgrade(environment: Environment, *, place: dict[str, str], revision: str) -> None:
    """Undo revisions, down to one."""
    from alembic import command

    environment.connections.go_to(place)
    configuring.hand_over(environment.script())
    config = environment.config(command.downgrade, revision=revision)
    _run(environment, config, lambda: command.downgrade(config, revision))
    environment.connections.require_connection()


def write(
    environment: Environment,
    *,
    place: dict[str, str] | None,
    options: dict[str, Any],
    plain: bool = False,
    **change: Any,
) -> dict[str, Any] | None:
    """Write revisions, with the requested changes where there is a database.

    Returns:
        The files, and notes for their reader; None when there is nothing to do.
    """
    environment.connections.go_to(place)
    with _template(environment.script_location):
        if place is None:
            return _written_empty(environment, options)
        from alembic import command

        from . import autogenerate
        from .asked_operations import Asked

        asked = {**options, "autogenerate": True, "sql": False}
        config = environment.config(command.revision, **asked)
        wanted = Asked(**change)
        made = _run(
            environment, config, lambda: autogenerate.generate(config, asked, wanted, plain=plain)
        )
    environment.connections.require_connection()
    return made


@contextlib.contextmanager
def _template(folder: str) -> Iterator[None]:
    """Provide Alembic's own template if the project has none."""
    path = os.path.join(folder, "script.py.mako")
    if os.path.exists(path):
        yield
        return
    import alembic

    alembics = os.path.join(alembic.__path__[0], "templates", "generic", "script.py.mako")
    shutil.copyfile(alembics, path)
    try:
        yield
    finally:
        os.unlink(path)


def _written_empty(environment: Environment, options: dict[str, Any]) -> dict[str, Any] | None:
    from alembic import command

    config = environment.config(command.revision, **options)
    written: Any = command.revision(config, **options)
    if written is None:
        return None
    return {"files": [{"id": written.revision, "path": str(written.path)}], "notes": []}


def _run(environment: Environment, config: Any, command: Callable[[], _T]) -> _T:
    """Run a command of Alembic; if env.py opens no connection and fails, run it in another way.

    Some env.py expect to run in a worker thread of AnyIO. Others need a connection
    (``config.attributes["connection"]``) or, by the same name, an engine.
    """
    with environment.application():
        try:
            if not environment.wants_worker_thread:
                return command()
        except Exception as error:
            if environment.connections.opened or environment.connections.refused:
                raise
            environment.wants_worker_thread = _is_raised_by(error, "anyio.from_thread")
        if environment.wants_worker_thread:
            import anyio

            return anyio.run(anyio.to_thread.run_sync, command)

        def handed_over(connection: Any) -> _T:
            config.attributes["connection"] = connection
            return command()

        return connected(environment, handed_over)


def _is_raised_by(error: Exception, module: str) -> bool:
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(frame.f_globals.get("__name__") == module for frame in frames)
