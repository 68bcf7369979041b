"""Merge records into a table by natural key: insert, update or leave unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Table, func, inspect, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from core.errors import DataAccessError
from loading.json_equality import is_equal
from loading.jsonl import Record
from loading.rows import Rows
from models import Base
from repositories.base import BaseRepository
from repositories.errors import translated
from repositories.statements import base as statements

M = TypeVar("M", bound=Base)

BATCH: Final = 500
_LOCK: Final = 5_026_112_209
"""The number of our advisory lock; no other program is likely to use it."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The numbers of rows that a merge changed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Merged) -> Merged:
        return Merged(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
        )


def wait_for_others(session: Session) -> None:
    """Wait until another load has finished, so that this load sees its rows."""
    with translated():
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


@dataclass(frozen=True, slots=True)
class Target(Generic[M]):
    """The table that records are merged into.

    Attributes:
        repository: The repository of the table.
        key: The fields of the natural key; rows are looked up by the first field.
    """

    repository: BaseRepository[M]
    key: tuple[str, ...]
    _seen: dict[tuple[Any, ...], int] = field(default_factory=dict, init=False, repr=False)

    def merge(self, records: Iterable[Record], on_progress: Callable[[int], None]) -> Merged:
        """Merge records; a row without changes is not written.

        Args:
            records: The records; only one batch is in memory at a time.
            on_progress: The function that is called with the number of records since the last call.

        Raises:
            LoadError: A record does not fit; the message names its line.
            SchemaMismatchError: The database differs from the model.
        """
        self._seen.clear()
        done = Merged()
        rows = Rows(self.repository, self.key)
        waiting = iter(records)
        while batch := [(record, rows.make(record)) for record in islice(waiting, BATCH)]:
            done += self._merge_batch(batch)
            on_progress(len(batch))
        with translated(self._table):
            self.repository.session.execute(statements.move_sequence(self._table))
        return done

    def _merge_batch(self, batch: list[tuple[Record, M]]) -> Merged:
        stored = self._stored(row for _, row in batch)
        known = {self._row_key(row): row for row in stored}
        ids: dict[Any, M] = {inspect(row).identity: row for row in stored}
        created: list[tuple[Record, M]] = []
        updated = 0
        for record, row in batch:
            key = self._row_key(row)
            if (first := self._seen.setdefault(key, record.line)) != record.line:
                record.refuse(f"has the same {', '.join(self.key)} as line {first}")
            if key not in known:
                self._refuse_taken_id(record, row, ids)
                created.append((record, row))
            elif self._change(record, known[key], row):
                updated += 1
        self._create(created)
        return Merged(len(created), updated, len(batch) - len(created) - updated)

    def _stored(self, rows: Iterable[M]) -> list[M]:
        """Read the stored rows with the first key field or the ids of the given rows."""
        model = self.repository.model
        (column,) = statements.primary_key(model)
        first = inspect(model).columns[self.key[0]]
        given = [(getattr(row, first.key), getattr(row, column.key)) for row in rows]
        wanted = select(model).where(
            or_(
                first.in_({value for value, _ in given}),
                column.in_({id_ for _, id_ in given if id_ is not None}),
            )
        )
        with translated(self._table):
            return list(self.repository.session.scalars(wanted))

    @property
    def _table(self) -> Table:
        return inspect(self.repository.model).local_table  # type: ignore[return-value]

    def _row_key(self, row: M) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in self.key)

    def _refuse_taken_id(self, record: Record, row: M, ids: dict[Any, M]) -> None:
        given = inspect(type(row)).primary_key_from_instance(row)
        if tuple(given) in ids:
            record.refuse("has an id that another row has", "give it an id of its own")
        if None not in given:
            ids[tuple(given)] = row

    def _change(self, record: Record, stored: M, given: M) -> bool:
        """Update a stored row to the given values; return whether that changed anything."""
        columns = inspect(type(given)).columns
        changed = False
        for name, value in inspect(given).dict.items():
            if name not in columns or is_equal(getattr(stored, name), value):
                continue
            if columns[name] in inspect(type(given)).primary_key:
                if value is None:
                    continue
                record.refuse("has another id than the stored row with the same key")
            setattr(stored, name, value)
            if isinstance(columns[name].type, JSONB):
                # SQLAlchemy compares by Python's ==, in which true equals 1, and would see no
                # change.
                flag_modified(stored, name)
            changed = True
        if changed:
            try:
                self.repository.update(stored)
            except DataAccessError as error:
                record.refuse(error.message)
        return changed

    def _create(self, batch: list[tuple[Record, M]]) -> None:
        try:
            with self.repository.session.begin_nested():
                self.repository.create_many(row for _, row in batch)
        except DataAccessError:
            self._refuse_the_culprit(batch)
            raise

    def _refuse_the_culprit(self, batch: list[tuple[Record, M]]) -> None:
        """Insert the records of a failed batch one by one, and refuse the one that fails."""
        for record, row in batch:
            try:
                with self.repository.session.begin_nested():
                    self.repository.create(_anew(row))
            except DataAccessError as error:
                record.refuse(error.message)


def _anew(row: M) -> M:
    """Return a copy of a row without the version that the server generated before the error."""
    given = {
        attribute.key: row.__dict__[attribute.key]
        for attribute in inspect(type(row)).column_attrs
        if attribute.key in row.__dict__ and not attribute.columns[0].system
    }
    return type(row)(**given)
