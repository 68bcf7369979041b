"""The settings for our own statements in any session.

A role that may create objects in a schema of ``search_path`` can define functions and operators
that match the types of arguments better than PostgreSQL's own, and the migrator would run them. So
the path of our statements is ``pg_catalog`` alone; ``pg_temp`` is named last, because PostgreSQL
looks there first for tables and types if it is not named (manual, CREATE FUNCTION, "Writing
SECURITY DEFINER Functions Safely"). The other settings decide what PostgreSQL prints.

They are set for one transaction at a time, because a connection pooler may give the session to
another client afterwards. They are set by SET, because it calls no function.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from schemaproof.connection.raw_sql import begin_again, is_of_driver, rows, server_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Engine

    from schemaproof.connection.raw_sql import AnyConnection, Row

SEARCH_PATH: Final = "pg_catalog, pg_temp"
_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "search_path": SEARCH_PATH,
        "quote_all_identifiers": "off",
        "DateStyle": "ISO, YMD",
        "IntervalStyle": "postgres",
        "lc_monetary": "'C'",
        "extra_float_digits": "1",
        "TimeZone": "'UTC'",
        "bytea_output": "hex",
        "xmloption": "content",
        "standard_conforming_strings": "on",
        # A prepared query is planned once instead of each time; what is printed stays the same.
        "plan_cache_mode": "force_generic_plan",
        # Compiling a catalog query takes longer than running it.
        "jit": "off",
    }
)
# A view that has replaced a table is not executed. Views of pg_catalog still are.
_WITHOUT_VIEWS: Final[Mapping[str, str]] = MappingProxyType(
    {**_SETTINGS, "restrict_nonsystem_relation_kind": "'view'"}
)
# These minor releases added the setting, by major version (release notes, CVE-2024-7348).
_KNOWS_RESTRICTION: Final = MappingProxyType({15: 150_008, 16: 160_004})
SEARCH_PATH_FOR_TRANSACTION: Final = f"SET LOCAL search_path TO {SEARCH_PATH}"
"""The SQL that sets the path alone, until the transaction ends; for any driver."""
PATH_IN_SCRIPT: Final = "SET search_path TO pg_catalog, pg_temp"
"""The SQL that sets the path of our own statements in a script."""
FOR_SCRIPT: Final = (
    "SET client_encoding TO 'UTF8'",
    PATH_IN_SCRIPT,
    "SET standard_conforming_strings TO on",
)
"""The first statements of a script that we print, in this order: a program that reads it in another
encoding could take a part of a name for the end of a string."""
AFTER_SCRIPT: Final = "SET search_path TO DEFAULT"
"""The last statement of a script: it resets the path for what follows in the same session."""

_STATE: Final = "schemaproof.own_settings"
_IS_LOCAL: Final = "is_local"


def for_transaction(connection: AnyConnection) -> str:
    """Return the SQL that sets our settings until the transaction ends.

    It can run before SET TRANSACTION ISOLATION LEVEL.

    Args:
        connection: The connection; settings that its server does not know are left out.
    """
    settings = _known_settings(connection)
    return "; ".join(f"SET LOCAL {name} TO {value}" for name, value in settings.items())


def _known_settings(connection: AnyConnection) -> Mapping[str, str]:
    version = server_version(connection)
    known_from = _KNOWS_RESTRICTION.get(version // 10_000, 0)
    return _WITHOUT_VIEWS if version >= known_from else _SETTINGS


def _current(connection: Connection) -> Row:
    # The names are constants of this module, so they can be formatted into the SQL.
    read = ", ".join(
        f"pg_catalog.current_setting('{name}') AS \"{name}\""
        for name in _known_settings(connection)
    )
    return rows(connection, f"SELECT {read}")[0]


def _restore(connection: Connection, theirs: Mapping[str, Any]) -> None:
    names = (name for name in theirs if name != _IS_LOCAL)
    sets = ", ".join(f"pg_catalog.set_config('{n}', %({n})s, %({_IS_LOCAL})s)" for n in names)
    rows(connection, f"SELECT {sets}", theirs)


@dataclass(eq=False, slots=True)
class _State:
    """The settings of a connection.

    Attributes:
        theirs: The session's own settings, and whether they are set for a transaction alone
            (``is_local``).
        ours: The SQL that sets our settings.
        hold_theirs: Whether the session's own settings are active.
    """

    theirs: Mapping[str, Any]
    ours: str
    hold_theirs: bool = False


@contextmanager
def ours(connection: Connection, *, search_path: str | None = None) -> Iterator[None]:
    """Run all statements on a connection with our settings until the block ends.

    Args:
        connection: The connection; the settings of a transaction in progress, or in autocommit
            those of the session, are restored afterwards.
        search_path: The path that :func:`theirs` sets instead of the session's path.
    """
    from sqlalchemy import event
    from sqlalchemy.exc import DBAPIError

    is_callers = connection.in_transaction()
    is_local = not _in_autocommit(connection)
    theirs = {**_current(connection), _IS_LOCAL: is_local}
    given = {"search_path": search_path} if search_path else {}
    sets = for_transaction(connection)
    state = _State({**theirs, **given}, sets if is_local else sets.replace("SET LOCAL", "SET"))
    if is_callers or not is_local:
        rows(connection, state.ours)
    if not is_callers:
        connection.rollback()
    connection.info[_STATE] = state
    event.listen(connection, "begin", _begin)
    try:
        yield
        if is_callers or not is_local:
            with suppress(DBAPIError):  # If this fails, the session is lost.
                _restore(connection, theirs)
    finally:
        event.remove(connection, "begin", _begin)
        if not connection.invalidated and not connection.closed:
            connection.info.pop(_STATE, None)


@contextmanager
def transaction(connection: AnyConnection) -> Iterator[None]:
    """Run the block as a transaction with our settings, and commit it at the end."""
    if not is_of_driver(connection):
        with connection.begin():
            yield
        return
    rows(connection, for_transaction(connection))
    try:
        yield
    except BaseException:
        if not connection.closed:  # The connection may have been closed on an interruption.
            connection.rollback()
        raise
    connection.commit()


@contextmanager
def theirs(connection: Connection) -> Iterator[None]:
    """Run a part of a transaction with the session's own settings, as the body of a revision needs.

    Settings that it changes are reset at its end. It may end the transaction and begin others, as
    Alembic's ``autocommit_block`` does.
    """
    state: _State | None = connection.info.get(_STATE)
    if state is None:
        yield
        return
    _restore(connection, state.theirs)
    state.hold_theirs = True
    try:
        yield
    finally:
        state.hold_theirs = False
    begin_again(connection)
    rows(connection, state.ours)


def _begin(connection: Connection) -> None:
    state: _State | None = connection.info.get(_STATE)
    if (state is None or not state.hold_theirs) and not _in_autocommit(connection):
        rows(connection, for_transaction(connection))


def _in_autocommit(connection: Connection) -> bool:
    return bool(connection.connection.dbapi_connection.autocommit)  # type: ignore[union-attr]


def engine_for_data(engine: Engine) -> Engine:
    """Return an engine whose transactions see ``pg_catalog`` alone; it shares pool and listeners.

    Tables that the models name without a schema are those in ``public``. Statements in SQL have to
    name the schema.
    """
    from sqlalchemy import event

    safe = engine.execution_options(schema_translate_map={None: "public"})
    event.listen(safe, "begin", _see_catalog_alone)
    return safe


def _see_catalog_alone(connection: Connection) -> None:
    connection.exec_driver_sql(SEARCH_PATH_FOR_TRANSACTION)
