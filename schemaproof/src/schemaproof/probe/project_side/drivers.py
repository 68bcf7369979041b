"""The drivers for PostgreSQL that the project has."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib.util import find_spec

# SQLAlchemy's dialects import these modules.
_DRIVERS = ("psycopg2", "psycopg", "asyncpg", "pg8000")
_AWAITED = ("asyncpg", "psycopg")


@lru_cache(maxsize=None)
def installed() -> tuple[str, ...]:
    """Return the names of the installed drivers."""
    return tuple(name for name in _DRIVERS if find_spec(name) is not None)


def imported() -> frozenset[str]:
    """Return the drivers that are imported."""
    return frozenset(_DRIVERS).intersection(sys.modules)


def first() -> str:
    """Return the first installed driver, in the form of SQLAlchemy's URLs."""
    return "postgresql+" + next(iter(installed()), "psycopg2")


def awaited() -> str | None:
    """Return the first installed asynchronous driver."""
    return next(("postgresql+" + name for name in _AWAITED if name in installed()), None)


def named(url: str) -> str | None:
    """Return the driver's name in a URL, if it is one for PostgreSQL."""
    scheme, found, _ = url.partition("://")
    return scheme if found and scheme.partition("+")[0] == "postgresql" and "+" in scheme else None
