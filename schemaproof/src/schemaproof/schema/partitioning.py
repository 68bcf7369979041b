"""Tables whose partitions are created and dropped with time, as a project declares them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

UNITS: Final = ("day", "week", "month", "year")
SHAPE: Final = "'month, 3 ahead' or 'month, 3 ahead, 24 kept'"
_DECLARED: Final = re.compile(
    rf"({'|'.join(UNITS)})(?:, (\d{{1,4}}) ahead)?(?:, (\d{{1,5}}) kept)?"
)
_BOUNDS: Final = re.compile(r"FOR VALUES FROM \('([^']+)'\) TO \('([^']+)'\)")
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Period:
    """The period of a partition: from one moment to before another, both in UTC."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        """Return the bounds as SQL; a date or a timestamp without a zone accepts them, too."""
        return f"FROM ('{self.start:%Y-%m-%d %H:%M:%S+00}') TO ('{self.end:%Y-%m-%d %H:%M:%S+00}')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioning:
    """A table with a partition for each day, week, month or year (UTC).

    Attributes:
        schema: The schema of the partitioned table.
        name: Its name.
        unit: The period of one partition: ``day``, ``week``, ``month`` or ``year``.
        ahead: The number of partitions for future periods.
        kept: The number of periods before the current one that stay attached; None for all.
    """

    schema: str
    name: str
    unit: str
    ahead: int = 1
    kept: int | None = None

    def period(self, moment: datetime) -> Period:
        """Return the period that a moment is in."""
        start = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.unit == "week":
            start -= timedelta(days=start.weekday())
        elif self.unit != "day":
            start = start.replace(day=1)
        if self.unit == "year":
            start = start.replace(month=1)
        return Period(start, self._after(start))

    def _after(self, start: datetime) -> datetime:
        if self.unit == "day":
            return start + timedelta(days=1)
        if self.unit == "week":
            return start + timedelta(days=7)
        if self.unit == "year" or start.month == _MONTHS:
            return start.replace(year=start.year + 1, month=1)
        return start.replace(month=start.month + 1)

    def wanted(self, now: datetime, there: Iterable[Period] = ()) -> Iterator[Period]:
        """Yield the periods that should have a partition, from the oldest with one on."""
        current = self.period(now)
        last = current
        for _ in range(self.ahead):
            last = self.period(last.end)
        first = min([current.start, *(one.start for one in there)])
        period = self.period(first)
        while period.start <= last.start:
            yield period
            period = self.period(period.end)

    def is_right(self, period: Period) -> bool:
        """Whether a partition holds exactly one period."""
        return self.period(period.start) == period

    def is_old(self, period: Period, now: datetime) -> bool:
        """Whether a partition need not stay attached any more."""
        if self.kept is None:
            return False
        oldest = self.period(now)
        for _ in range(self.kept):
            oldest = self.period(oldest.start - timedelta(days=1))
        return period.end <= oldest.start

    def named(self, partition: str) -> Period | None:
        """Return the period of a partition with this name; None for other names."""
        with suppress(ValueError):
            moment = datetime.strptime(partition[-self._suffix :], self._written)  # noqa: DTZ007
            period = self.period(moment.replace(tzinfo=UTC))
            if self.partition_name(period) == partition:
                return period
        return None

    def partition_name(self, period: Period) -> str:
        """Return the name of the partition of a period, within PostgreSQL's 63 bytes."""
        suffix = period.start.strftime(self._written)
        return self.name.encode()[: 63 - len(suffix)].decode(errors="ignore") + suffix

    @property
    def _written(self) -> str:
        return {"year": "_p%Y", "month": "_p%Y_%m"}.get(self.unit, "_p%Y_%m_%d")

    @property
    def _suffix(self) -> int:
        return len(datetime(2000, 1, 1, tzinfo=UTC).strftime(self._written))


def declared(table: tuple[str, str], text: str) -> Partitioning | None:
    """Parse the declaration of a table, such as ``month, 3 ahead``; None for other text."""
    found = _DECLARED.fullmatch(text)
    if found is None:
        return None
    unit, ahead, kept = found.groups()
    schema, name = table
    return Partitioning(
        schema=schema,
        name=name,
        unit=unit,
        ahead=int(ahead or 1),
        kept=None if kept is None else int(kept),
    )


def bounds(text: str) -> Period | None:
    """Read the bounds of a partition by time, as PostgreSQL prints them; None for any other.

    >>> bounds("FOR VALUES FROM ('2026-01-01') TO ('2026-02-01 00:00:00+00')").end.month
    2
    """
    found = _BOUNDS.fullmatch(text)
    if found is None:
        return None
    try:
        start, end = (_moment(one) for one in found.groups())
    except ValueError:
        return None
    return Period(start, end)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
