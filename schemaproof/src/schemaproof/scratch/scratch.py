"""Scratch databases: made empty from template0, dropped afterwards, never the target database."""

from __future__ import annotations

import logging
import os
import secrets
import time
import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Final

from sqlalchemy import URL, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from schemaproof.connection.connect_args import (
    UNQUALIFIED_IS_PUBLIC,
    accepted_authentication,
    lift_transaction_timeout,
    network_args,
)
from schemaproof.connection.own_settings import set_up_safely
from schemaproof.connection.urls import DRIVER, parse_scratch_url
from schemaproof.errors import ConfigurationError, LocalServerError
from schemaproof.project import Project
from schemaproof.project_file import TABLE
from schemaproof.scratch import choice, providers
from schemaproof.scratch.embedded.server import DEFAULT_MAJOR, LocalServer
from schemaproof.scratch.providers import NAMES, PIXELTABLE, Provider

_LOGGER: Final = logging.getLogger(__name__)
_CONNECT_TIMEOUT: Final = 10
# Those of the role or of the server are meant for what is at work there.
_NO_LIMITS: Final = " ".join(
    f"-c {name}=0"
    for name in (
        "statement_timeout",
        "lock_timeout",
        "idle_session_timeout",
        "idle_in_transaction_session_timeout",
    )
)
_PREFIX: Final = "schemaproof_scratch_"
_COMMENT: Final = "scratch database of schemaproof, dropped by a later run if it is left behind"
# The name says when it was made. A run can be killed before it could comment; another comment is
# somebody else's.
_OURS: Final = {
    "name": f"^{_PREFIX}[0-9]{{1,12}}_[0-9a-f]{{16}}$",
    "comment": _COMMENT,
    "age": 24 * 60 * 60,  # seconds; longer than any run
}
_ABANDONED: Final = text("""
    SELECT d.datname
    FROM pg_database AS d
    WHERE d.datname ~ :name
        AND pg_has_role(d.datdba, 'USAGE')
        AND coalesce(shobj_description(d.oid, 'pg_database'), :comment) = :comment
        AND split_part(d.datname, '_', 3)::bigint < extract(epoch FROM now()) - :age
        AND NOT EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.datid = d.oid)
""")


def local_server(project: Project) -> LocalServer:
    """Return the local server of a project; it need not exist yet.

    Raises:
        LocalServerError: The extra ``embedded`` is not installed.
    """
    return _server_of(project, providers.required(PIXELTABLE, DEFAULT_MAJOR))


def described(project: Project, extensions: Collection[str] = ()) -> str:
    """Say on which server scratch databases are made, for people to read.

    Raises:
        ConfigurationError: As :func:`scratch_database` does.
    """
    if (url := _url(project)) is not None:
        return url.render_as_string()
    try:
        return str(local_provider(project, extensions))
    except LocalServerError as error:
        return str(error)


def local_provider(project: Project, extensions: Collection[str] = ()) -> Provider:
    """Return the installation that scratch databases are made by, where no server is named.

    Args:
        project: Whose.
        extensions: What its history creates.

    Raises:
        LocalServerError: None is installed.
    """
    major = project.postgresql or project.target_major()
    found = choice.choose(providers.find_providers(), major, extensions, project.scratch)
    if told := choice.other_major(found, major):
        _tell(told)
    return found


@contextmanager
def scratch_database(project: Project, extensions: Collection[str] = ()) -> Iterator[Engine]:
    """Make an empty database for as long as the block lasts.

    It lives on the server that ``SCHEMAPROOF_SCRATCH_URL`` or ``DB_SCRATCH_URL`` names, or the key
    ``scratch``; else on a local server, which is started for it and stopped again if it was not
    running.

    Args:
        project: Whose.
        extensions: What its history creates: the local server is one that has them, if there is.

    Raises:
        ConfigurationError: What the project says of it is not a PostgreSQL server.
        LocalServerError: There is no server for it, or the server refuses.
    """
    with _server_url(project, extensions) as url:
        name = f"{_PREFIX}{int(time.time())}_{secrets.token_hex(8)}"
        administration = _engine(url).execution_options(isolation_level="AUTOCOMMIT")
        _drop_abandoned(administration)
        quoted = administration.dialect.identifier_preparer.quote(name)
        try:
            # Within: an interruption can come when the server has made it and nobody knows yet.
            _execute(
                administration,
                f"CREATE DATABASE {quoted} TEMPLATE template0",
                f"COMMENT ON DATABASE {quoted} IS :comment",
            )
            yield _engine(url.set(database=name))
        except BaseException as error:
            # A connection that was being opened hangs on the traceback; DROP would wait for it.
            traceback.clear_frames(error.__traceback__)
            raise
        finally:
            _execute(administration, f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")


def _engine(url: URL) -> Engine:
    given = str(url.query.get("options", ""))
    host = str(url.query.get("host", url.host or ""))
    arguments = {
        **network_args(),
        "connect_timeout": _CONNECT_TIMEOUT,
        "require_auth": accepted_authentication(host, str(url.query.get("sslmode", "")), None),
        **{name: text for name, text in url.query.items() if isinstance(text, str)},
        "options": f"{_NO_LIMITS} {given} {UNQUALIFIED_IS_PUBLIC}",
    }
    engine = create_engine(url, poolclass=NullPool, connect_args=arguments)
    set_up_safely(engine)
    event.listen(engine, "connect", lift_transaction_timeout)
    return engine


@contextmanager
def _server_url(project: Project, extensions: Collection[str]) -> Iterator[URL]:
    if (url := _url(project)) is not None:
        yield url if url.database else url.set(database="postgres")
        return
    server = _server_of(project, local_provider(project, extensions))
    was_running = server.is_running()
    try:
        server.start()
        parameters = server.connect_parameters()
        yield URL.create(
            DRIVER,
            username=server.superuser,
            password=server.superuser_password(),
            database="postgres",
            query={"host": str(parameters["host"]), "port": str(parameters["port"])},
        )
    finally:
        if not was_running:
            server.stop()


def _server_of(project: Project, provider: Provider) -> LocalServer:
    """Each provider has data of its own; those of the extra ``embedded`` are where they were."""
    folder = project.root / f".{project.prefix}"
    below = folder if provider.name == PIXELTABLE else folder / provider.name
    return LocalServer(below, provider.binaries)


def _url(project: Project) -> URL | None:
    """Return the server that a variable or the key ``scratch`` names; None for a local one."""
    where, given = "SCHEMAPROOF_SCRATCH_URL or DB_SCRATCH_URL", project.scratch_url()
    if not (given and given.strip()):
        where, given = f"scratch in {TABLE}", project.scratch
        if given is None or given in NAMES:
            return None
        if "://" not in given:
            where, given = given, os.environ.get(given, "")
    try:
        return parse_scratch_url(given.strip())
    except ValueError as error:
        raise ConfigurationError(
            f"{where}: {error}",
            remedy="name a server, postgresql://USER:PASSWORD@HOST:PORT, or a provider:"
            f" {', '.join(NAMES)}",
        ) from None


@cache
def _tell(text: str) -> None:
    _LOGGER.warning("%s", text)


def _drop_abandoned(engine: Engine) -> None:
    """Drop what runs that were killed have left; what cannot be dropped stays."""
    with suppress(SQLAlchemyError), engine.connect() as connection:
        connection.execute(text("SET search_path = pg_catalog, pg_temp"))
        for name in connection.execute(_ABANDONED, _OURS).scalars():
            quoted = engine.dialect.identifier_preparer.quote(name)
            with suppress(SQLAlchemyError):
                connection.execute(text(f"DROP DATABASE IF EXISTS {quoted}"))


def _execute(engine: Engine, *statements: str) -> None:
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement), {"comment": _COMMENT})
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise LocalServerError(
            f"no scratch database: {reason}",
            remedy="set SCHEMAPROOF_SCRATCH_URL or DB_SCRATCH_URL to a server that may be used",
        ) from None
