"""The objects that a function of the project creates before the first revision."""

from __future__ import annotations

import inspect
from importlib import import_module
from operator import attrgetter
from typing import Any

from . import configuring
from .environment import Environment
from .failures import FailedError
from .own_connection import connected

_URLS = ("url", "db_url", "database_url", "connection_string", "dsn")


def run(environment: Environment, *, place: dict[str, str], function: str) -> Any:
    """Call a function (``module:name``) that makes the starting point.

    The function gets a URL if a parameter has a name for one (``url`` and others). Otherwise it
    gets a connection or an engine if it requires an argument. Its connections, and those of every
    other engine, go to the scratch database.

    If env.py needs a Flask application, the function runs within it.

    Returns:
        The schema and name of the table in which env.py makes Alembic keep the revision; None if
        the function has not run env.py.
    """
    environment.connections.go_to(place)
    table = configuring.VersionTable()
    configuring.extend(table)
    module, _, name = function.partition(":")
    called: Any = attrgetter(name)(import_module(module))
    with environment.application():
        _call(environment, called, function)
    environment.connections.require_connection()
    return table.name


def _call(environment: Environment, called: Any, function: str) -> None:
    from sqlalchemy import create_engine

    parameters = inspect.signature(called).parameters
    taken = [
        one
        for one in parameters.values()
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    urls = [name for name in _URLS if name in parameters]
    if urls and all(one.name in urls for one in taken):
        called(**{urls[0]: environment.url()})
    elif len(taken) > 1:
        raise FailedError("start", f"{function} takes {len(taken)} arguments")
    elif not taken:
        called()
    elif taken[0].name in ("connection", "conn", "bind", "db"):
        connected(environment, called)
    else:
        called(create_engine(environment.url()))
