"""Compare the partitions by time with those that should exist.

A partition for a new month is no drift, and neither is a detached old one. A missing partition is
drift, because the rows of its period are refused, and so is a partition with other bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from schemaproof.catalog.catalog_queries import query_rows
from schemaproof.findings.findings import Finding, Kind
from schemaproof.findings.steps import Phase, Step
from schemaproof.schema.codes import Code
from schemaproof.schema.partitioning import Partitioning, Period, bounds
from schemaproof.schema.paths import path
from schemaproof.sql import quoting

if TYPE_CHECKING:
    from datetime import datetime

    from schemaproof.connection.raw_sql import AnyConnection
    from schemaproof.schema.scope import Scope

MISSING: Final = Code("partition", "missing")
BOUNDS: Final = Code("partition", "bounds")
_DEFAULT: Final = "DEFAULT"


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition of a table.

    Attributes:
        schema: The schema of the partition.
        name: The name of the partition.
        bounds: The bounds, as PostgreSQL prints them.
        detach_pending: Whether a detachment was begun and not finished.
    """

    schema: str
    name: str
    bounds: str
    detach_pending: bool = False

    @property
    def period(self) -> Period | None:
        """The period of the rows; None for the default partition and other bounds."""
        return bounds(self.bounds)


@dataclass(frozen=True, slots=True)
class Partitions:
    """The partitions of one table.

    Attributes:
        declared: The project's declaration of the table.
        now: The current time, by the database's clock.
        there: The partitions that are attached.
        is_there: Whether the table exists, and is partitioned.
    """

    declared: Partitioning
    now: datetime
    there: tuple[Partition, ...]
    is_there: bool

    @property
    def missing(self) -> list[Period]:
        """The periods without a partition."""
        have = [one.period for one in self.there if one.period is not None]
        wanted = self.declared.wanted(self.now, have)
        return [
            one
            for one in wanted
            if not any(other.start < one.end and one.start < other.end for other in have)
        ]

    @property
    def old(self) -> list[Partition]:
        """Return the partitions to detach, and those whose detachment did not finish."""
        return [
            one
            for one in self.there
            if one.detach_pending or (one.period and self.declared.is_old(one.period, self.now))
        ]

    def creation(self, period: Period) -> str:
        """The statement that makes the partition of a period."""
        table = self.declared
        name = quoting.name(table.schema, table.partition_name(period))
        whole = quoting.name(table.schema, table.name)
        return f"CREATE TABLE {name} PARTITION OF {whole} FOR VALUES {period}"


def read_partitions(connection: AnyConnection, scope: Scope) -> list[Partitions]:
    """Read the partitions of the tables that the project declares, in its order of names."""
    tables = sorted(scope.partitioned, key=lambda one: (one.schema, one.name))
    rows = query_rows(
        connection,
        "partitions",
        schemas=[one.schema for one in tables],
        names=[one.name for one in tables],
    )
    by_name = {(one.schema, one.name): one for one in tables}
    found = []
    for key, group in groupby(rows, key=lambda row: (row["schema"], row["name"])):
        its = list(group)
        there = tuple(
            Partition(
                row["partition_schema"], row["partition"], row["bounds"], row["detach_pending"]
            )
            for row in its
            if row["partition"] is not None
        )
        found.append(Partitions(by_name[key], its[0]["now"], there, its[0]["is_there"]))
    return found


def partition_findings(
    connection: AnyConnection, scope: Scope
) -> Iterator[tuple[Finding, Step | None]]:
    """Yield a finding for each period without a partition, and for each with other bounds."""
    if not scope.partitioned:
        return
    for one in read_partitions(connection, scope):
        if one.is_there:
            # A table that does not exist is reported by the comparison.
            yield from _findings(one)


def _findings(table: Partitions) -> Iterator[tuple[Finding, Step | None]]:
    declared = table.declared
    for period in table.missing:
        where = path(declared.schema, declared.partition_name(period))
        finding = Finding(MISSING, Kind.DRIFT, where, str(period), None)
        yield finding, Step(where, Phase.CREATE_PARTITIONS, table.creation(period))
    for partition in table.there:
        if partition.bounds == _DEFAULT:
            continue
        held = partition.period
        if partition.detach_pending or held is None or not declared.is_right(held):
            where = path(partition.schema, partition.name)
            pending = " (detach pending)" if partition.detach_pending else ""
            wanted = f"one {declared.unit}"
            if held is not None:
                wanted += f": {declared.period(held.start)}"
            yield Finding(BOUNDS, Kind.DRIFT, where, wanted, partition.bounds + pending), None
