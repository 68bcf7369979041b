"""Merging records into a table by natural key: create, change or leave alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import func, inspect, select

from core.errors import DataAccessError
from models import Base
from repositories import values
from repositories.base import BaseRepository
from repositories.loading.jsonl import Record
from repositories.statements import base as statements

M = TypeVar("M", bound=Base)

BATCH: Final = 500
_LEFTOVERS: Final = "legacy_facts"


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did, in rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Target(Generic[M]):
    """Where records go.

    Attributes:
        repository: The repository of the table.
        key: The fields of the natural key.
    """

    repository: BaseRepository[M]
    key: tuple[str, ...]

    def merge(self, records: Iterable[Record], on_progress: Callable[[int], None]) -> Merged:
        """Merge records; a row that already says the same is not touched.

        Args:
            records: The records, of any number.
            on_progress: Told how many records were done since it was told last.

        Raises:
            LoadError: A record does not fit; the message names its line.
        """
        session, model = self.repository.session, self.repository.model
        rows = session.scalars(select(model)).all()
        known = {self._key_of(row): row for row in rows}
        ids = {inspect(row).identity: row for row in rows}
        seen: dict[tuple[Any, ...], int] = {}
        created: list[tuple[Record, M]] = []
        updated = unchanged = 0
        for record in records:
            row = self._row(record)
            key = self._key_of(row)
            if (first := seen.setdefault(key, record.line)) != record.line:
                record.refuse(f"has the same {', '.join(self.key)} as line {first}")
            if key not in known:
                self._refuse_taken_id(record, row, ids)
                created.append((record, row))
                continue
            if self._change(record, known[key], row):
                updated += 1
            else:
                unchanged += 1
            on_progress(1)
        self._create(created, on_progress)
        self._end_sequence_above()
        return Merged(len(created), updated, unchanged)

    def _row(self, record: Record) -> M:
        """Make a row of a record; what has no column goes to ``legacy_facts``, where there is one.

        A null for a column that has a default and is not nullable means the default.
        """
        model = self.repository.model
        columns = inspect(model).columns
        given: dict[str, Any] = {}
        leftovers: dict[str, Any] = {}
        for field, value in record.values.items():
            column = columns.get(field)
            if column is None:
                leftovers[field] = value
            elif value is not None or column.nullable or column.server_default is None:
                given[field] = value
        if leftovers and _LEFTOVERS not in columns:
            record.refuse(f"has a field that {model.__name__} does not have: {min(leftovers)}")
        if leftovers:
            given[_LEFTOVERS] = {**(given.get(_LEFTOVERS) or {}), **leftovers}
        row = model(**given)
        try:
            values.check_row(row)
        except DataAccessError as error:
            record.refuse(error.message)
        for field in self.key:
            if getattr(row, field) is None and not columns[field].nullable:
                record.refuse(f"has no {field}")
        return row

    def _key_of(self, row: M) -> tuple[Any, ...]:
        return tuple(getattr(row, field) for field in self.key)

    def _refuse_taken_id(self, record: Record, row: M, ids: dict[Any, M]) -> None:
        given = inspect(type(row)).primary_key_from_instance(row)
        if tuple(given) in ids:
            record.refuse("has an id that another row has", "give it an id of its own")
        if None not in given:
            ids[tuple(given)] = row

    def _change(self, record: Record, stored: M, given: M) -> bool:
        """Bring a stored row to what was given; whether that changed anything."""
        changed = False
        for field in inspect(given).dict:
            if field.startswith("_") or field not in inspect(type(given)).columns:
                continue
            if getattr(stored, field) != getattr(given, field):
                if inspect(type(given)).columns[field].primary_key:
                    record.refuse("has another id than the stored row with the same key")
                setattr(stored, field, getattr(given, field))
                changed = True
        if changed:
            try:
                self.repository.update(stored)
            except DataAccessError as error:
                record.refuse(error.message)
        return changed

    def _create(self, pairs: list[tuple[Record, M]], on_progress: Callable[[int], None]) -> None:
        for start in range(0, len(pairs), BATCH):
            batch = pairs[start : start + BATCH]
            try:
                with self.repository.session.begin_nested():
                    self.repository.create_many(row for _, row in batch)
            except DataAccessError:
                self._refuse_the_culprit(batch)
                raise
            on_progress(len(batch))

    def _refuse_the_culprit(self, batch: list[tuple[Record, M]]) -> None:
        """Find out which record a batch failed for, one by one."""
        for record, row in batch:
            try:
                with self.repository.session.begin_nested():
                    self.repository.create(row)
            except DataAccessError as error:
                record.refuse(error.message)

    def _end_sequence_above(self) -> None:
        """Let generated ids begin above the ids of the files; a rollback does not undo that."""
        model = self.repository.model
        (column,) = statements.primary_key(model)
        sequence = func.pg_get_serial_sequence(column.table.fullname, column.name)
        largest = select(func.max(column).label("id")).subquery()
        self.repository.session.execute(
            select(func.setval(sequence, largest.c.id)).where(
                largest.c.id > func.coalesce(func.pg_sequence_last_value(sequence), 0)
            )
        )
