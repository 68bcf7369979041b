"""Run each request in a process of its own, forked with all imports done."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
from itertools import takewhile
from typing import Any, Callable

from . import failures

MODULES = "modules"
"""The key in an answer of the modules that the process has imported."""


class _Forking:
    is_so = False


def is_forking() -> bool:
    """Whether this module is forking a process for a request, and not the project's code."""
    return _Forking.is_so


def answered(work: Callable[[], Any]) -> dict[str, Any]:
    """Run the work in a forked process, and return its result or why it failed."""
    incoming, outgoing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    # A collection in the child would touch every older object, and so copy its page of memory.
    gc.freeze()
    _Forking.is_so = True
    child = os.fork()
    _Forking.is_so = False
    if child == 0:
        _work_and_end(work, outgoing)
    os.close(outgoing)
    with os.fdopen(incoming, "rb") as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if text:
        answer_read: dict[str, Any] = json.loads(text)
        return answer_read
    return {"error": {"kind": "ended", "message": _ending(status)}}


def _work_and_end(work: Callable[[], Any], outgoing: int) -> None:
    """Do the work and end the process; never return."""
    try:
        last = next(reversed(sys.modules))
        answer = failures.answered(work)
        # Looking at every name would copy the memory of each.
        answer[MODULES] = [*takewhile(last.__ne__, reversed(sys.modules))][::-1]
        text = json.dumps(answer).encode("ascii")
        while text:
            text = text[os.write(outgoing, text) :]
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(0)  # The exit handlers belong to the process that registered them.


def _ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"was ended by signal {os.WTERMSIG(status)}"
    return f"ended with exit status {os.WEXITSTATUS(status)}"
