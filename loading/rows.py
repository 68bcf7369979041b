"""Convert records to rows of a model that belong to no session."""

from typing import Any, Final, Generic, TypeVar

from sqlalchemy import DateTime, cast, inspect, select

from core.errors import DataAccessError
from loading.jsonl import Record
from models import Base
from repositories import values
from repositories.base import BaseRepository
from repositories.errors import translated

M = TypeVar("M", bound=Base)

_LEFTOVERS: Final = "legacy_facts"


class Rows(Generic[M]):
    """Converts records to rows.

    Args:
        repository: The repository of the table.
        key: The fields of the natural key.

    Raises:
        SchemaMismatchError: The database differs from the model.
    """

    def __init__(self, repository: BaseRepository[M], key: tuple[str, ...]) -> None:
        self._model = repository.model
        self._key = key
        self._columns = inspect(repository.model).columns
        self._defaults = self._read_defaults(repository)

    def make(self, record: Record) -> M:
        """Make a row from a record; values without a column go to ``legacy_facts``, if any.

        If a column is NOT NULL and has a default, null means the default.

        Raises:
            LoadError: The record has an invalid value, or lacks one.
        """
        row = self._model(**self._given(record))
        try:
            values.check_row(row)
        except DataAccessError as error:
            record.refuse(error.message)
        for name in self._key:
            if getattr(row, name) is None and not self._columns[name].nullable:
                record.refuse(f"has no {name}")
        return row

    def _given(self, record: Record) -> dict[str, Any]:
        given: dict[str, Any] = {}
        leftovers: dict[str, Any] = {}
        for name, value in record.values.items():
            column = self._columns.get(name)
            if column is None:
                leftovers[name] = value
            elif value is None and name in self._defaults:
                given[name] = self._defaults[name]
            elif value is not None or column.nullable or column.server_default is None:
                given[name] = value
        facts = given.get(_LEFTOVERS)
        if facts is not None and not isinstance(facts, dict):
            record.refuse(f"has {_LEFTOVERS} that are not a JSON object")
        if leftovers and _LEFTOVERS not in self._columns:
            name = min(leftovers)
            record.refuse(f"has a field that {self._model.__name__} does not have: {name!r}")
        if leftovers:
            given[_LEFTOVERS] = {**(facts or {}), **leftovers}
        return given

    def _read_defaults(self, repository: BaseRepository[M]) -> dict[str, Any]:
        """Read the defaults from the database, except those that are the time of the insertion."""
        expressions = {
            column.key: cast(column.server_default.arg, column.type)  # type: ignore[attr-defined]
            for column in self._columns
            if column.server_default is not None
            and not (column.nullable or column.primary_key or isinstance(column.type, DateTime))
        }
        if not expressions:
            return {}
        with translated(inspect(self._model).local_table):  # type: ignore[arg-type]
            row = repository.session.execute(select(*expressions.values())).one()
        return dict(zip(expressions, row, strict=True))
