"""The model of the tables in plain Python: the expected result or error of each operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from core.errors import (
    CheckViolationError,
    DataAccessError,
    ForeignKeyViolationError,
    InvalidArgumentError,
    UniqueViolationError,
)
from repositories.bulk.result import Upserted

Row = dict[str, Any]
Key = tuple[Any, ...]
Audit = tuple[str, str | None] | None
"""The actor and the reason of writes."""


@dataclass(frozen=True)
class Given:
    """A placeholder for a value that the database generated and nobody has read: an id or a time.

    Attributes:
        after: The previous time, if the row existed before.
    """

    after: Any = None


class Refused(Exception):  # noqa: N818 - an expectation, not a failure
    """The operation should raise an error of this class, for the row at this position."""

    def __init__(self, kind: type[DataAccessError], position: int | None = None) -> None:
        super().__init__(kind, position)
        self.kind = kind
        self.position = position


@dataclass(frozen=True)
class Kind:
    """A table, with the columns that the operations use.

    Attributes:
        repository: The name of its repository in a unit of work.
        id: The primary key.
        key: The natural key.
        values: The other columns that the operations set.
        is_audited: Whether it has audit columns.
    """

    repository: str
    id: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    is_audited: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the model contains."""
        audit = ("created_by", "updated_by", "change_reason") if self.is_audited else ()
        return (self.id, *self.key, *self.values, *audit, "updated_at")


TEAMS: Final = Kind("teams", "team_id", ("team_name",), ("league", "total_pnl"), is_audited=True)
STRATEGIES: Final = Kind(
    "strategies",
    "strategy_id",
    ("team_id", "strategy_name", "season"),
    ("roi", "stake_multiplier"),
    is_audited=True,
)
ODDS: Final = Kind(
    "odds",
    "id",
    ("match_id", "bookmaker", "market", "price_type", "line"),
    ("home_odds", "away_odds"),
    is_audited=False,
)
KINDS: Final = (TEAMS, STRATEGIES, ODDS)
DEFAULTS: Final[Mapping[str, Any]] = {"stake_multiplier": 1.0}


@dataclass
class Tables:
    """All rows, by natural key.

    Attributes:
        role: The actor of writes outside of an audit context.
    """

    role: str
    rows: dict[str, dict[Key, Row]] = field(
        default_factory=lambda: {kind.repository: {} for kind in KINDS}
    )

    def copy(self) -> Tables:
        """Return a copy of the tables."""
        return Tables(self.role, deepcopy(self.rows))

    def same(self, kind: Kind, row: Row) -> Row:
        """Return the stored row with the same natural key."""
        return self.rows[kind.repository][_key(kind, row)]

    def rows_in(self, kind: Kind) -> list[Row]:
        """Return the rows of a table, by primary key."""
        return sorted(self.rows[kind.repository].values(), key=lambda row: row[kind.id])

    def create(self, kind: Kind, given: Row, audit: Audit) -> None:
        """Insert a row."""
        self._refuse(kind, given)
        if _key(kind, given) in self.rows[kind.repository]:
            raise Refused(UniqueViolationError)
        self._insert(kind, given, audit)

    def change(self, kind: Kind, row: Row, changes: Row, audit: Audit) -> None:
        """Update a row."""
        changed = {**row, **changes}
        self._refuse(kind, changed)
        if _key(kind, changed) != _key(kind, row):
            if _key(kind, changed) in self.rows[kind.repository]:
                raise Refused(UniqueViolationError)
            del self.rows[kind.repository][_key(kind, row)]
        if changed != row:
            changed.update(self._stamps(kind, audit), updated_at=Given(row["updated_at"]))
        self.rows[kind.repository][_key(kind, changed)] = changed

    def delete(self, kind: Kind, row: Row) -> None:
        """Delete a row."""
        strategies = self.rows[STRATEGIES.repository].values()
        if kind is TEAMS and any(each["team_id"] == row["team_id"] for each in strategies):
            raise Refused(ForeignKeyViolationError)
        del self.rows[kind.repository][_key(kind, row)]

    def upsert(self, kind: Kind, given: Sequence[Row], audit: Audit) -> Upserted:
        """Insert or update all rows by natural key, or none of them."""
        self._refuse_first(given, _value_refusal)
        for position, row in enumerate(given):
            if _key(kind, row) in [_key(kind, before) for before in given[:position]]:
                raise Refused(UniqueViolationError, position)
        self._refuse_first(given, lambda row: self._refusal(kind, row))
        done: Counter[str] = Counter()
        for row in given:
            known = self.rows[kind.repository].get(_key(kind, row))
            if known is None:
                self._insert(kind, row, audit)
                done["inserted"] += 1
            elif all(known[name] == value for name, value in row.items()):
                done["unchanged"] += 1
            else:
                self.change(kind, known, row, audit)
                done["updated"] += 1
        return Upserted(done["inserted"], done["updated"], done["unchanged"])

    def _insert(self, kind: Kind, given: Row, audit: Audit) -> None:
        defaults = {name: DEFAULTS.get(name) for name in kind.values}
        stamps = self._stamps(kind, audit)
        if stamps:
            stamps["created_by"] = stamps["updated_by"]
        row = {kind.id: Given(), **defaults, **given, **stamps, "updated_at": Given()}
        self.rows[kind.repository][_key(kind, row)] = row

    def _stamps(self, kind: Kind, audit: Audit) -> Row:
        actor, reason = audit or (self.role, None)
        return {"updated_by": actor, "change_reason": reason} if kind.is_audited else {}

    def _refuse(self, kind: Kind, row: Row) -> None:
        if refusal := _value_refusal(row) or self._refusal(kind, row):
            raise Refused(refusal)

    @staticmethod
    def _refuse_first(
        rows: Sequence[Row], find_refusal: Callable[[Row], type[DataAccessError] | None]
    ) -> None:
        for position, row in enumerate(rows):
            if refusal := find_refusal(row):
                raise Refused(refusal, position)

    def _refusal(self, kind: Kind, row: Row) -> type[DataAccessError] | None:
        """Return the error of the database for a row with an invalid value or team."""
        if (row.get("home_odds") or 2.0) <= 1 or row.get("stake_multiplier", 1.0) < 0:
            return CheckViolationError
        teams = {team["team_id"] for team in self.rows[TEAMS.repository].values()}
        is_orphan = kind is STRATEGIES and row["team_id"] not in teams
        return ForeignKeyViolationError if is_orphan else None


def _key(kind: Kind, row: Row) -> Key:
    return tuple(row[name] for name in kind.key)


def _value_refusal(row: Row) -> type[DataAccessError] | None:
    numbers = (value for value in row.values() if isinstance(value, float))
    return InvalidArgumentError if any(value != value for value in numbers) else None  # noqa: PLR0124
