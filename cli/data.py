"""Helpers of the commands that read or write rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from repositories import UnitOfWork


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """Open a unit of work on the tables of the models; Ctrl-C interrupts it.

    A superuser may run a command on a database where other roles create objects in ``public``. So
    its statements do not see objects of these roles, and use no table of theirs.

    Raises:
        TamperedHistoryError: A table of the models belongs to an untrusted role.
        SchemaMismatchError: A table does not exist.
    """
    from sqlalchemy.orm import sessionmaker

    from core import database
    from repositories import UnitOfWork
    from schemaproof import engine_for_data, interruptible

    engine = engine_for_data(database.sync_engine)
    with interruptible(), UnitOfWork(sessionmaker(engine, expire_on_commit=False)) as uow:
        refuse_strangers(uow.session.connection())
        yield uow


def refuse_strangers(connection: Connection) -> None:
    """Refuse tables of the models that belong to an untrusted role.

    A trigger or rule that the owner of a table made runs with the privileges of the role that reads
    or writes it. No row is read.

    Raises:
        TamperedHistoryError: A table belongs to an untrusted role.
        SchemaMismatchError: A table does not exist.
    """
    from core.errors import SchemaMismatchError, TamperedHistoryError
    from core.project import find_project
    from models import Base
    from models.base import SCHEMA_IN_SQL
    from schemaproof import inspect_tables

    names = {(one.schema or SCHEMA_IN_SQL, one.name) for one in Base.metadata.tables.values()}
    found = inspect_tables(connection, find_project().scope, names)
    if absent := sorted(".".join(name) for name in names.difference(found)):
        # Another role might create the table after this check, so the command does not go on
        # without it.
        raise SchemaMismatchError(
            f"{', '.join(absent)}: not created yet", remedy="run: alembic upgrade head"
        )
    strange = sorted(f"{one.quoted} ({one.stranger})" for one in found.values() if one.stranger)
    if strange:
        raise TamperedHistoryError(
            f"tables of the models belong to other roles: {', '.join(strange)}; no row was read or"
            " written",
            remedy=(
                "find out who created them; if their owner migrates, name it in"
                " [tool.schemaproof.roles]"
            ),
        )
