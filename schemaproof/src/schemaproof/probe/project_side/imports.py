"""The modules that a file of Python imports."""

from __future__ import annotations

import ast
from typing import Iterator


def named(source: bytes) -> Iterator[str]:
    """Return the modules that a text of Python imports outside of functions and classes."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
