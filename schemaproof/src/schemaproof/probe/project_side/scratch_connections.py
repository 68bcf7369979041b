"""Redirect the connections of this process to one scratch database, and refuse all others.

SQLAlchemy calls ``do_connect`` for every connection that an engine opens, of any driver, sync or
async. An engine with its own ``creator`` ignores the result, so every new connection is also asked
for the name of its database: the name of a scratch database is random.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Iterator, NoReturn

from . import driver_parameters, sqlite_files
from .failures import FailedError

# These parameters name a server, a database, or a proof of identity. All others stay as the project
# sets them.
_OF_A_PLACE = frozenset(
    (
        *("dsn", "conninfo", "service", "servicefile", "host", "hostaddr", "port", "unix_sock"),
        *("user", "password", "passfile", "database", "dbname", "target_session_attrs"),
        *("load_balance_hosts", "require_auth", "channel_binding", "requirepeer", "requiressl"),
        *("ssl", "sslmode", "sslnegotiation", "sslcert", "sslkey", "sslpassword", "sslrootcert"),
        *("sslcrl", "sslcrldir", "sslsni", "sslcompression", "sslcertmode", "ssl_context"),
        *("ssl_min_protocol_version", "ssl_max_protocol_version", "direct_tls"),
        *("gssencmode", "krbsrvname", "gsslib", "gssdelegation", "replication", "source_address"),
        *("async_creator_fn", "connect_timeout", "timeout"),
    )
)
# This is the system identifier of the cluster, which its standbys have, too, and the oid of the
# database.
IDENTITY = """
SELECT (pg_catalog.pg_control_system()).system_identifier, d.oid, d.datname
FROM pg_catalog.pg_database AS d
WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
"""
NOWHERE = "nowhere"
"""The kind of failure of a connection when there is no scratch database to connect to."""
_IN_ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
}
# libpq (PostgreSQL 18 manual, section 32.15) and asyncpg read these variables if the connection
# does not set the parameter: another address, proofs of identity that the scratch server does not
# accept, and settings.
_FROM_ENVIRONMENT = frozenset(_IN_ENVIRONMENT.values()) | frozenset(
    (
        *("PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "PGPASSFILE", "PGOPTIONS", "PGREQUIREAUTH"),
        *("PGCHANNELBINDING", "PGREQUIREPEER", "PGREQUIRESSL", "PGSSLNEGOTIATION", "PGSSLCERT"),
        *("PGSSLCOMPRESSION", "PGSSLKEY", "PGSSLCERTMODE", "PGSSLROOTCERT", "PGSSLCRL"),
        *("PGSSLCRLDIR", "PGSSLSNI", "PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION"),
        *("PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION", "PGGSSENCMODE", "PGKRBSRVNAME"),
        *("PGGSSLIB", "PGGSSDELEGATION", "PGCONNECT_TIMEOUT", "PGCLIENTENCODING"),
        *("PGTARGETSESSIONATTRS", "PGLOADBALANCEHOSTS", "PGDATESTYLE", "PGTZ", "PGGEQO"),
    )
)


class ScratchConnections:
    """A listener on every engine of the process.

    Attributes:
        place: The parameters of the scratch database, as libpq has them; None to refuse
            connections.
        opened: The number of connections to it that were opened.
        refused: The reasons why other connections were refused.
    """

    def __init__(self) -> None:
        self.place: dict[str, str] | None = None
        self.opened = 0
        self.refused: list[str] = []
        self._is_listening = False
        self._of_target: list[Any] = []

    def listen(self) -> None:
        """Start to listen to all engines, before the project makes its first one."""
        if self._is_listening:
            return
        self._is_listening = True
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        from sqlalchemy.pool import Pool

        event.listen(Engine, "do_connect", self._replace_place)
        event.listen(Pool, "connect", self._demand_place)

    def listen_to_target(self, identity: list[Any] | None) -> None:
        """Record the databases that env.py connects to, without changing anything.

        Args:
            identity: The identity (:data:`IDENTITY`) that the database of the first connection must
                have; None for any database.
        """
        from sqlalchemy import event
        from sqlalchemy.pool import Pool

        def look(connection: Any, _record: Any) -> None:
            is_first = not self._of_target
            self._of_target.append(connection)
            if is_first and identity is not None:
                _demand_identity(connection, identity)

        event.listen(Pool, "connect", look)

    def cancel(self) -> None:
        """Cancel the running statements on the connections of :meth:`listen_to_target`."""
        for connection in self._of_target:
            with contextlib.suppress(Exception):
                connection.cancel()  # psycopg2 and psycopg allow this from any thread.

    def go_to(self, place: dict[str, str] | None) -> None:
        """Redirect every connection from now on to a database, or refuse it when None."""
        self.place = place
        if place is None:
            return
        for variable in _FROM_ENVIRONMENT:
            os.environ.pop(variable, None)
        for name, variable in _IN_ENVIRONMENT.items():
            if place.get(name):
                os.environ[variable] = place[name]

    @contextlib.contextmanager
    def while_at(self, place: dict[str, str] | None) -> Iterator[None]:
        """Redirect connections to a database until the block ends, without counting them."""
        self.place = place
        try:
            yield
        finally:
            self.place, self.opened = None, 0
            self.refused.clear()

    @contextlib.contextmanager
    def reported(self) -> Iterator[None]:
        """Report a failure of the block as a missing database, if it tried to connect without one.

        Raises:
            FailedError: The block tried to connect without a database (:data:`NOWHERE`).
        """
        before = len(self.refused)
        try:
            yield
        except (Exception, SystemExit) as error:
            if self.place is None and len(self.refused) > before:
                raise FailedError(NOWHERE, self.refused[-1]) from error
            raise
        finally:
            del self.refused[before:]  # A later failure has nothing to do with these connections.

    def require_connection(self) -> None:
        """Refuse a project that did not connect to the scratch database, or also elsewhere.

        Raises:
            FailedError: The project has not connected to it, or has tried to connect elsewhere.
        """
        if self.refused:
            raise FailedError("elsewhere", self.refused[0])
        if not self.opened:
            raise FailedError(
                "unconnected", "env.py opened no connection by an engine of SQLAlchemy"
            )

    def _refuse(self, reason: str) -> NoReturn:
        self.refused.append(reason)
        raise FailedError("elsewhere", reason)

    def _replace_place(
        self, dialect: Any, _record: Any, arguments: list[Any], parameters: dict[str, Any]
    ) -> None:
        if dialect.name == "sqlite" and sqlite_files.is_temporary(arguments):
            return
        if dialect.name != "postgresql":
            self._refuse(f"an engine of {dialect.name} is not for PostgreSQL")
        if self.place is None:
            self._refuse("a connection was opened while modules were imported or SQL was printed")
        for name in _OF_A_PLACE.intersection(parameters):
            del parameters[name]
        del arguments[:]
        if not driver_parameters.lead(dialect.driver, self.place, parameters):
            self._refuse(f"the driver {dialect.driver} is not known here")

    def _demand_place(self, connection: Any, _record: Any) -> None:
        if sqlite_files.is_of_one(connection):
            return
        found = _current_database(connection)
        if self.place is None or found != self.place["dbname"]:
            self._refuse(
                "an engine with a creator of its own has connected to {}, which is not the scratch"
                " database".format("the database " + found if found else "something else")
            )
        self.opened += 1


def _demand_identity(connection: Any, identity: list[Any]) -> None:
    *found, name = _asked(connection, IDENTITY)
    if [str(one) for one in found] != [str(one) for one in identity[:2]]:
        raise FailedError(
            "elsewhere",
            f"env.py connects to the database {name}, and not to {identity[2]}",
        )


def _asked(connection: Any, sql: str) -> Any:
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        [row] = cursor.fetchall()
        connection.rollback()
        return row
    finally:
        cursor.close()


def _current_database(connection: Any) -> str | None:
    try:
        return str(_asked(connection, "SELECT pg_catalog.current_database()")[0])
    except Exception:
        # Without an answer, it is not a scratch database.
        return None
