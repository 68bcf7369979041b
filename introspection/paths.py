"""How objects are named in reports."""

from __future__ import annotations

import re


def path(*names: str) -> str:
    """Join names to a path, quoted where SQL would need it.

    >>> path("quantum", "Team DNA", "id")
    'quantum."Team DNA".id'
    """
    return ".".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    if re.fullmatch(r"[a-z_][a-z0-9_$]*", name):
        return name
    return '"' + name.replace('"', '""') + '"'
