"""Scratch databases: created from template0, dropped afterwards, never the target database."""

from __future__ import annotations

import logging
import secrets
import time
import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Final

import psycopg2

from schemaproof.connection.raw_sql import rows
from schemaproof.connection.urls import libpq_parameters
from schemaproof.errors import ConfigurationError, LocalServerError
from schemaproof.program import with_program
from schemaproof.project import Project
from schemaproof.project_file import TABLE
from schemaproof.scratch import choice, providers
from schemaproof.scratch.database_address import DatabaseAddress
from schemaproof.scratch.embedded.server import DEFAULT_MAJOR, LocalServer
from schemaproof.scratch.providers import NAMES, PIXELTABLE, Provider
from schemaproof.setting_names import stated

if TYPE_CHECKING:
    from sqlalchemy import Engine

_LOGGER: Final = logging.getLogger(__name__)
_PREFIX: Final = "schemaproof_scratch_"
_COMMENT: Final = "scratch database of schemaproof, dropped by a later run if it is left behind"
# The name contains the time of creation, because a run can be killed before it sets the comment. A
# database with another comment was not created by this program.
_OURS: Final = {
    "name": f"^{_PREFIX}[0-9]{{1,12}}_[0-9a-f]{{16}}$",
    "comment": _COMMENT,
    "age": 24 * 60 * 60,  # The age in seconds; no run takes this long.
}
_ABANDONED: Final = """
    SELECT d.datname
    FROM pg_database AS d
    WHERE d.datname ~ %(name)s
        AND pg_has_role(d.datdba, 'USAGE')
        AND coalesce(shobj_description(d.oid, 'pg_database'), %(comment)s) = %(comment)s
        AND split_part(d.datname, '_', 3)::bigint < extract(epoch FROM now()) - %(age)s
        AND NOT EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.datid = d.oid)
"""


def local_server(project: Project) -> LocalServer:
    """Return the local server of a project; it need not exist yet.

    Raises:
        LocalServerError: The extra ``embedded`` is not installed.
    """
    return _local_server(project, providers.required(PIXELTABLE, DEFAULT_MAJOR))


def described(project: Project, extensions: Collection[str] = ()) -> str:
    """Return the server of scratch databases as readable text.

    Raises:
        ConfigurationError: The setting for scratch databases names no PostgreSQL server.
    """
    if (named := _named_server(project)) is not None:
        return named.described()
    try:
        return str(local_provider(project, extensions))
    except LocalServerError as error:
        return str(error)


def local_provider(project: Project, extensions: Collection[str] = ()) -> Provider:
    """Return the installation that scratch databases are made by, where no server is named.

    Args:
        project: The project.
        extensions: The extensions that its history creates.

    Raises:
        LocalServerError: No server is installed, or none of the named provider.
    """
    major = project.postgresql or project.target_major()
    found = providers.find_providers()
    chosen = choice.choose(found, major, extensions, project.scratch)
    if told := choice.other_major(chosen, major, found):
        _tell(told)
    return chosen


@contextmanager
def scratch_database(
    project: Project, extensions: Collection[str] = ()
) -> Iterator[DatabaseAddress]:
    """Create an empty database, which is dropped at the end of the block.

    The database is on the server that ``SCHEMAPROOF_SCRATCH_URL`` or the key ``scratch`` names.
    Otherwise it is on a local server, which is started, and stopped again if it was not running.

    Args:
        project: The project.
        extensions: The extensions that its history creates; a local server with them is preferred.

    Raises:
        ConfigurationError: The setting for scratch databases names no PostgreSQL server.
        LocalServerError: There is no server for it, or the server refuses.
    """
    with _server(project, extensions) as server:
        _drop_abandoned(server)
        with _made(server, "template0") as place:
            yield place


@contextmanager
def copied_database(place: DatabaseAddress) -> Iterator[DatabaseAddress]:
    """Copy a scratch database without connections; the copy is dropped at the end of the block.

    Raises:
        LocalServerError: The server refuses.
    """
    with _made(place.made_from or place, place.given["dbname"]) as copy:
        yield copy


@contextmanager
def _made(server: DatabaseAddress, template: str) -> Iterator[DatabaseAddress]:
    # No character of this name needs to be quoted.
    name = f"{_PREFIX}{int(time.time())}_{secrets.token_hex(8)}"
    try:
        # The statement is within the try block, because an interruption can arrive after the server
        # has created the database and before the client knows.
        _execute(
            server,
            f"CREATE DATABASE {name} TEMPLATE {template}",
            f"COMMENT ON DATABASE {name} IS %(comment)s",
        )
        yield server.with_database(name)
    except BaseException as error:
        # The frames of the traceback may keep a connection open, for which DROP would wait.
        traceback.clear_frames(error.__traceback__)
        raise
    finally:
        _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def scratch_engine(project: Project) -> Iterator[Engine]:
    """Like :func:`scratch_database`, but as an engine of SQLAlchemy."""
    with scratch_database(project) as place:
        yield place.engine()


@contextmanager
def _server(project: Project, extensions: Collection[str]) -> Iterator[DatabaseAddress]:
    if (named := _named_server(project)) is not None:
        yield named
        return
    server = _local_server(project, local_provider(project, extensions))
    was_running = server.is_running()
    try:
        server.start()
        parameters = server.connect_parameters()
        yield DatabaseAddress(
            {
                "host": str(parameters["host"]),
                "port": str(parameters["port"]),
                "user": server.superuser,
                "password": server.superuser_password(),
                "dbname": "postgres",
            }
        )
    finally:
        if not was_running:
            server.stop()


def _local_server(project: Project, provider: Provider) -> LocalServer:
    """Return the server of a provider, with its own data; ``embedded`` has the main folder."""
    folder = project.root / f".{project.prefix}"
    below = folder if provider.name == PIXELTABLE else folder / provider.name
    return LocalServer(below, provider.binaries)


def _named_server(project: Project) -> DatabaseAddress | None:
    """Return the server that a variable or the key ``scratch`` names; None for a local one."""
    where, given = with_program("$scratch_url"), _scratch_url(project)
    if not (given and given.strip()):
        where, given = f"scratch in {TABLE}", project.scratch
        if given is None or given in NAMES:
            return None
        if "://" not in given:
            where, given = given, project.environ.get(given, "")
    try:
        return DatabaseAddress({"dbname": "postgres", **libpq_parameters(given.strip())})
    except ValueError as error:
        raise ConfigurationError(
            f"{where}: {error}",
            remedy="name a server, postgresql://USER:PASSWORD@HOST:PORT, or a provider:"
            f" {', '.join(NAMES)}",
        ) from None


def _scratch_url(project: Project) -> str | None:
    if project.scratch_url is not None:
        return project.scratch_url()
    return stated(project.environ, "scratch_url")[1]


@cache
def _tell(text: str) -> None:
    _LOGGER.warning("%s", text)


def _drop_abandoned(server: DatabaseAddress) -> None:
    """Drop databases that killed runs left behind; those that cannot be dropped stay."""
    with suppress(psycopg2.Error), server.administration() as connection:
        rows(connection, "SET search_path = pg_catalog, pg_temp")
        for row in rows(connection, _ABANDONED, _OURS):
            with suppress(psycopg2.Error):
                rows(connection, f"DROP DATABASE IF EXISTS {row['datname']}")


def _execute(server: DatabaseAddress, *statements: str) -> None:
    try:
        with server.administration() as connection:
            for statement in statements:
                rows(connection, statement, {"comment": _COMMENT})
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise LocalServerError(
            f"no scratch database: {reason}",
            remedy=with_program("set $scratch_url to a server that may be used"),
        ) from None
