"""Print the result of Alembic's ``compare_metadata`` as JSON; runs with a project's own Python.

    python differences.py URL ENV_PY INI

The models are those that env.py passes to Alembic; types and defaults are compared, too. Tables
that no model knows are left out, because every project has some.
"""

import asyncio
import json
import re
import sys
from collections.abc import Callable
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool


class Configured(BaseException):
    """Ends env.py as soon as it has passed its models."""


def target_metadata(url: str, script_location: str, ini: str) -> Any:
    """Return the metadata that env.py passes to Alembic."""
    config = Config(ini)
    config.set_main_option("script_location", script_location)
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    found = []

    def configure(_environment: Any, **given: Any) -> None:
        found.append(given["target_metadata"])
        raise Configured

    EnvironmentContext.configure = configure  # type: ignore[method-assign, assignment]
    script = ScriptDirectory.from_config(config)
    try:
        with EnvironmentContext(config, script, as_sql=True):
            script.run_env()
    except Configured:
        pass
    return found[0]


def connected(url: str, work: Callable[[Any], Any]) -> Any:
    """Call a function with a connection by the synchronous or asynchronous driver of the URL."""
    if not make_url(url).get_dialect().is_async:
        with create_engine(url, poolclass=NullPool).connect() as connection:
            return work(connection)

    # This import is here because it needs greenlet, which may not be installed.
    from sqlalchemy.ext.asyncio import create_async_engine

    async def awaited() -> Any:
        async with create_async_engine(url, poolclass=NullPool).connect() as connection:
            return await connection.run_sync(work)

    return asyncio.run(awaited())


def main(url: str, script_location: str, ini: str) -> None:
    metadata = target_metadata(url, script_location, ini)
    parts = metadata if isinstance(metadata, (list, tuple)) else [metadata]
    known = {(table.schema, table.name) for part in parts for table in part.tables.values()}

    def is_known(one: Any, name: str, kind: str, *_: Any) -> bool:
        return kind != "table" or (one.schema, name) in known

    options = {"compare_type": True, "compare_server_default": True, "include_object": is_known}

    def compare(connection: Any) -> Any:
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    found = connected(url, compare)
    flat = [one for each in found for one in (each if isinstance(each, list) else [each])]
    print("\n" + json.dumps([re.sub(r" at 0x[0-9a-f]+", "", repr(one)) for one in flat]))


main(*sys.argv[1:])
