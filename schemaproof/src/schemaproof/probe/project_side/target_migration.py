"""Run Alembic's commands on the project's own database, which its env.py connects to."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import sys
import time
import traceback
from typing import Any, Callable, Iterator

from . import configuring, failures
from .attention import attentive
from .environment import Environment

Tell = Callable[["dict[str, Any]"], None]
"""The type of a function that sends an event to the caller."""
_ENGINE = "schemaproof.alembic"  # An env.py that uses the engine imports this module.
_PROGRESS = "schemaproof.progress"


def answered(
    environment: Environment, tell: Tell, incoming: int, *, debug: bool, **given: Any
) -> dict[str, Any]:
    """Return the result; an error is returned too, without a traceback on the user's screen.

    Args:
        environment: The project.
        tell: The function to call with each event.
        incoming: The pipe that closes when the caller ends; then nothing is committed any more.
        debug: Whether tracebacks are shown.
        given: The further arguments of :func:`migrate`.
    """
    try:
        with attentive(incoming, environment.connections.cancel):
            return {"ok": migrate(environment, tell, **given)}
    except KeyboardInterrupt:
        return {"error": {"kind": "interrupted", "message": "interrupted"}}
    except failures.FailedError as error:
        return {"error": {"kind": error.kind, "message": str(error), **error.details}}
    except (Exception, SystemExit) as error:
        if debug:
            traceback.print_exc()
        return {"error": {**failures.described(error), **_engine_error(error)}}


def migrate(
    environment: Environment,
    tell: Tell,
    *,
    command: str,
    revision: str,
    sql: bool,
    tag: str | None,
    x: list[str],
    url: str | None,
    identity: list[Any] | None,
    versions: str | None = None,
) -> dict[str, Any]:
    """Run one of Alembic's commands, as its own command line does.

    Args:
        environment: The project.
        tell: The function to call with each event.
        command: The command: ``upgrade``, ``downgrade`` or ``stamp``.
        revision: The revision, in any form that Alembic accepts.
        sql: Whether the SQL is printed instead.
        tag: The tag for env.py, as ``--tag`` of alembic gives it.
        x: Further values of ``context.get_x_argument()`` for env.py.
        url: The URL of the database, for env.py; None if env.py knows it.
        identity: The identity that the database must have; None for any database.
        versions: The folder of the revisions; None for the folder that the project configures.
    """
    import alembic.command

    run = getattr(alembic.command, command)
    options = {"sql": sql, "tag": tag}
    config = environment.own_config(run, x=x, revision=revision, **options)
    _configure(environment, config, url, versions)
    environment.connections.listen_to_target(identity)
    config.attributes[_PROGRESS] = progress = _Progress(tell)
    config.output_buffer = script = io.StringIO()
    with environment.application(), _ended_well():
        run(config, revision, **options)
    progress.end(is_done=not sql)
    return {"is_guarded": _ENGINE in sys.modules, "sql": script.getvalue()}


def _configure(
    environment: Environment, config: Any, url: str | None, versions: str | None
) -> None:
    """Set the database, and the folder of the revisions if one is given."""
    if url is not None:
        environment.name_target(config, url)
    if versions is not None:
        config.set_main_option("version_locations", versions.replace("%", "%%"))
        config.set_main_option("path_separator", "os")


@contextlib.contextmanager
def _ended_well() -> Iterator[None]:
    """Accept that an env.py ends the process after its work is done."""
    try:
        yield
    except SystemExit as end:
        if end.code:
            raise


class _Progress:
    """A reporter of steps: as the engine describes them or, without the engine, as Alembic does."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._applied: list[dict[str, Any]] = []
        self._began = time.monotonic()
        configuring.extend(lambda _: {}, self._listened)

    def say(self, line: str) -> None:
        self._tell({"printed": line})

    def planned(self, steps: Any) -> None:
        self._tell({"planned": [_step(step) for step in steps]})

    def started(self, step: Any) -> None:
        self._tell({"started": _step(step)})

    def filled(self, filled: Any) -> None:
        self._tell({"filled": dataclasses.asdict(filled)})

    def done(self, step: Any, lines: Any, seconds: float) -> None:
        self._tell({"done": _step(step), "lines": list(lines), "seconds": seconds})

    def _listened(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return options with a listener, unless the engine has one."""
        if _ENGINE in sys.modules:
            return {}
        theirs = given.get("on_version_apply") or ()
        listeners = [theirs] if callable(theirs) else [*theirs]
        return {"on_version_apply": [*listeners, self._note]}

    def end(self, *, is_done: bool) -> None:
        """Report the applied revisions after the commit, unless they were only printed."""
        for applied in self._applied if is_done else ():
            self._tell(applied)

    def _note(self, *, step: Any, **_: Any) -> None:
        now, self._began = time.monotonic() - self._began, time.monotonic()
        names = {True: "upgrade", False: "downgrade"}
        direction = "stamp" if step.is_stamp else names[step.is_upgrade]
        title = (getattr(step.up_revision, "doc", None) or "").partition("\n")[0]
        done = {"revision": step.up_revision_id or "", "direction": direction, "title": title}
        self._applied.append({"done": done, "lines": ["applied"], "seconds": now})


def _step(step: Any) -> dict[str, str]:
    return {"revision": step.revision, "direction": step.direction, "title": step.title}


def _engine_error(error: BaseException) -> dict[str, Any]:
    """Return the engine's description of its own error."""
    if type(error).__module__.partition(".")[0] != "schemaproof":
        return {}
    # This module is installed in the project's environment. The one of the calling program is not
    # visible here.
    from schemaproof.exit_codes import for_error

    return {"kind": "told", "message": str(error), "exit_code": for_error(error)}
