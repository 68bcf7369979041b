"""Prove that models, migration history and live PostgreSQL database agree.

The names of this package are its public interface. ``__init__.pyi`` lists them for the type checker
and for this module. Each is imported on first use, so that an error class does not import
SQLAlchemy.
"""

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

_IMPORT: Final = re.compile(r"^from ([\w.]+) import \(?\s*(\w+) as \2\b", re.MULTILINE)


@cache
def _modules() -> dict[str, str]:
    """Return the module of each public name."""
    stub = Path(__file__).with_name("__init__.pyi").read_text("utf-8")
    return {name: module for module, name in _IMPORT.findall(stub)}


def __getattr__(name: str) -> object:
    found: object
    if name == "__all__":
        found = sorted(_modules())
    elif module := _modules().get(name):
        found = getattr(import_module(module), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found
