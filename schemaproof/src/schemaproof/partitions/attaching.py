"""Create partitions before they are needed, and detach them while others read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from schemaproof.check.live.partitions import Partition, Partitions, read_partitions
from schemaproof.connection import own_settings
from schemaproof.connection.raw_sql import rows
from schemaproof.errors import ConfigurationError
from schemaproof.partitions.refusals import refused
from schemaproof.sql import quoting

if TYPE_CHECKING:
    from schemaproof.connection.raw_sql import DriverConnection
    from schemaproof.schema.scope import Scope


def ensure(connection: DriverConnection, scope: Scope) -> Iterator[str]:
    """Create the missing partitions, each in a transaction of its own; yield their names.

    Raises:
        ConfigurationError: The project declares no such table, or it is not partitioned.
        DatabaseRefusedError: A partition cannot be created.
    """
    for table in _declared(connection, scope):
        for period in table.missing:
            name = quoting.name(table.declared.schema, table.declared.partition_name(period))
            with refused(name), own_settings.transaction(connection):
                rows(connection, table.creation(period))
            yield name


def detach(connection: DriverConnection, scope: Scope, *, patience: str = "1min") -> Iterator[str]:
    """Detach the partitions older than the periods to keep; yield their names.

    Other sessions can read and write at the same time. A detachment that was interrupted is
    finished.

    Args:
        connection: The connection, outside a transaction.
        scope: The scope with the partitioned tables that the project declares.
        patience: The time to wait for sessions that use a partition, as PostgreSQL writes it.

    Raises:
        ConfigurationError: The project declares no such table, or it is not partitioned.
        DatabaseRefusedError: A partition cannot be detached.
    """
    for table in _declared(connection, scope):
        for partition in table.old:
            name = quoting.name(partition.schema, partition.name)
            with refused(name), _in_autocommit(connection):
                rows(connection, f"SET lock_timeout = {quoting.literal(patience)}")
                rows(connection, _detachment(table, partition))
            yield name


@contextmanager
def _in_autocommit(connection: DriverConnection) -> Iterator[None]:
    connection.rollback()
    connection.autocommit = True
    try:
        yield
    finally:
        connection.autocommit = False


def _detachment(table: Partitions, partition: Partition) -> str:
    whole = quoting.name(table.declared.schema, table.declared.name)
    name = quoting.name(partition.schema, partition.name)
    how = "FINALIZE" if partition.detach_pending else "CONCURRENTLY"
    return f"ALTER TABLE {whole} DETACH PARTITION {name} {how}"


def _declared(connection: DriverConnection, scope: Scope) -> list[Partitions]:
    with own_settings.transaction(connection):
        found = read_partitions(connection, scope)
    if not found:
        raise ConfigurationError(
            "the project declares no table with partitions by time",
            remedy='declare it: [tool.schemaproof.partitions] "public.history" = "month, 3 ahead"',
        )
    for one in found:
        if not one.is_there:
            name = f"{one.declared.schema}.{one.declared.name}"
            raise ConfigurationError(
                f"{name} is not a partitioned table of this database",
                remedy="migrate the database first, or correct [tool.schemaproof.partitions]",
            )
    return found
