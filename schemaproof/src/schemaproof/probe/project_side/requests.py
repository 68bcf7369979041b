"""Requests and answers, one line of JSON each, through pipes that nobody else writes to."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Callable, Sequence, TextIO

from . import (
    declared_at,
    failures,
    inputs,
    libraries,
    migrations,
    models,
    offline,
    own_connection,
    request_processes,
    scripts,
    start_point,
)
from . import target_migration as of_target
from .environment import Environment

# These run in the process that has imported the project, so that later requests inherit its
# modules.
_HERE: dict[str, Callable[..., Any]] = {
    "describe": scripts.describe,
    "declared_at": declared_at.lines,
    "fingerprint": models.fingerprint,
    "look": inputs.look,
    "text": models.text,
}
# Each of these runs in a forked process, so that its changes to modules do not affect the others.
_FORKED: dict[str, Callable[..., Any]] = {
    "upgrade": migrations.upgrade,
    "downgrade": migrations.downgrade,
    "write": migrations.write,
    "statements": offline.statements,
    "create": models.create,
    "start": start_point.run,
}
_REVISIONS = "revisions"
# This request loads the modules in advance.
_LOAD = "load"
# This request forks another process, which has its own pipes.
_TWIN = "twin"
# This runs in the process itself, which then serves no other request.
_ON_TARGET = "migrate"

_LIBRARIES = frozenset(
    (
        "alembic",
        "anyio",
        "asyncpg",
        "pg8000",
        "psycopg",
        "psycopg2",
        "psycopg_binary",
        "sqlalchemy",
    )
)


def serve(incoming: int, outgoing: int, *twins: int) -> None:
    """Answer requests until the other side closes its end; the first line names the project.

    Args:
        incoming: The file descriptor that requests are read from.
        outgoing: The file descriptor that answers are written to.
        twins: The same file descriptors of further processes, which are copies of this one.
    """
    for descriptor in (incoming, outgoing, *twins):
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - the name says it
    with os.fdopen(incoming, "r", encoding="utf-8") as lines:
        environment = Environment(**json.loads(lines.readline()))
        _serve(environment, lines, outgoing, twins)


def _serve(environment: Environment, lines: TextIO, outgoing: int, twins: Sequence[int]) -> None:
    def tell(event: dict[str, Any]) -> None:
        _send(outgoing, {"event": event})

    usable = failures.answered(libraries.require)
    for line in lines:
        request = json.loads(line)
        name = request.pop("do")
        if "error" in usable:
            answer = usable
        elif name == _TWIN:
            answer = failures.answered(lambda: _load(environment))
            twins = _forked(environment, (lines, outgoing), twins)
        elif name == _LOAD:
            answer = failures.answered(lambda: _load(environment))
        elif name == _ON_TARGET:
            answer = of_target.answered(environment, tell, lines.fileno(), **request)
        else:
            answer = _answer(environment, name, request)
        _send(outgoing, answer)


def _forked(
    environment: Environment, ours: tuple[TextIO, int], twins: Sequence[int]
) -> Sequence[int]:
    """Fork a process that serves at the first of the twins' descriptors; return the others."""
    own, others = twins[:2], twins[2:]
    if own and os.fork() == 0:
        lines, outgoing = ours
        lines.close()
        for descriptor in (outgoing, *others):
            os.close(descriptor)
        with os.fdopen(own[0], "r", encoding="utf-8") as twins_lines:
            _serve(environment, twins_lines, own[1], ())
        os._exit(0)  # The exit handlers belong to the parent process.
    for descriptor in own:
        os.close(descriptor)
    return others


def _answer(environment: Environment, name: str, given: dict[str, Any]) -> dict[str, Any]:
    at = given.pop("at", None)
    if at is not None:
        answer = request_processes.answered(lambda: _answer_at(environment, at, name, given))
        nested: dict[str, Any] = answer.get("ok", answer)
        return nested
    if name in _HERE:
        return failures.answered(lambda: _HERE[name](environment, **given))
    if name == _REVISIONS:
        return _revisions(environment)
    _load(environment)
    answer = request_processes.answered(lambda: _FORKED[name](environment, **given))
    if name == "write":
        environment.loaded_script = None  # The folder now contains another file.
    if name == "upgrade" and answer.get("ok"):
        environment.wants_worker_thread = answer["ok"].pop("worker_thread")
    # Only libraries are imported in advance. A module of the project that a revision imports is not
    # one that the models need.
    environment.import_too(
        one
        for one in answer.pop(request_processes.MODULES, ())
        if one.partition(".")[0] in _LIBRARIES
    )
    if given.get("place"):
        own_connection.connect_before(environment, given["place"])
    return answer


def _answer_at(
    environment: Environment, at: dict[str, str], name: str, given: dict[str, Any]
) -> dict[str, Any]:
    """Answer while modules and env.py may connect to a scratch database, and create tables."""
    environment.recorded.expect(at)
    environment.connections.go_to(at)
    return _answer(environment, name, given)


def _load(environment: Environment) -> None:
    """Import the modules that all forked processes need."""
    if environment.warm():
        # Modules that env.py imports within functions, and the folders of revisions that it names,
        # are only known after it has run.
        ran = request_processes.answered(lambda: scripts.folders_of_env(environment))
        environment.import_too(ran.get(request_processes.MODULES, ()))
        environment.named_folders = ran.get("ok") or []
    environment.load_revisions()


def _revisions(environment: Environment) -> dict[str, Any]:
    """Read the revisions in a separate process, so that no other process loads them twice.

    Some revisions can be loaded only after env.py has imported its modules, or within an
    application.
    """
    answer = request_processes.answered(lambda: scripts.revisions(environment))
    if not any("fault" in one for one in answer.get("ok", ())):
        return answer
    environment.warm()
    return request_processes.answered(lambda: scripts.revisions_in_application(environment))


def _send(outgoing: int, answer: dict[str, Any]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    text = json.dumps(answer).encode("ascii") + b"\n"
    while text:
        text = text[os.write(outgoing, text) :]
