"""Databases of SQLite that the project's code may use in a scratch run: temporary ones."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any


def is_temporary(arguments: list[Any]) -> bool:
    """Whether the arguments of a connection name a database in memory, or a temporary file."""
    place = str(arguments[0]) if arguments else ""
    folder = os.path.join(os.path.realpath(tempfile.gettempdir()), "")
    return place in ("", ":memory:") or os.path.realpath(place).startswith(folder)


def is_of_one(connection: Any) -> bool:
    """Whether a connection is SQLite's, to a database in memory or a temporary file."""
    sqlite = sys.modules.get("sqlite3")
    if sqlite is None or not isinstance(connection, sqlite.Connection):
        return False
    return all(is_temporary([file]) for *_, file in connection.execute("PRAGMA database_list"))
