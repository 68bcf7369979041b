"""The file or descriptor that receives the output of the project's code."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def standard_error() -> tuple[int, None]:
    """Return the descriptor of standard error, if it is open."""
    if sys.stderr is None:
        return os.open(os.devnull, os.O_WRONLY), None
    return os.dup(2), None


def new_log() -> tuple[int, Path | None]:
    """Return a file for the output of the project's code; None if none can be made."""
    try:
        log, name = tempfile.mkstemp(prefix="schemaproof-", suffix=".log")
    except OSError:
        return os.open(os.devnull, os.O_WRONLY), None
    return log, Path(name)
