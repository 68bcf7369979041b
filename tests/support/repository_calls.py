"""Calls of every repository method, on the rows of ``many_rows``."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import Index, UniqueConstraint, inspect

from models import Base
from repositories import BaseRepository, UnitOfWork
from tests.support import repository_rows as rows

Call = Callable[[UnitOfWork], object]
OWN: Final[dict[str, list[Call]]] = {
    "odds.get_by_match": [lambda uow: uow.odds.get_by_match(known(uow.odds).match_id)],
    "odds.get_by_league": [lambda uow: uow.odds.get_by_league("League 2")],
    "odds.count_by_match": [
        lambda uow: uow.odds.count_by_match([known(uow.odds).match_id]),
        lambda uow: uow.odds.count_by_match([f"match {number}" for number in range(380)]),
    ],
    "tracking.get_by_agent": [lambda uow: uow.tracking.get_by_agent("agent 3")],
    "tracking.get_recent_picks": [
        lambda uow: uow.tracking.get_recent_picks(),
        lambda uow: uow.tracking.get_recent_picks(days=20_000),
    ],
    "tracking.close_picks": [lambda uow: uow.tracking.close_picks()],
    "tracking.get_clv_summary": [
        lambda uow: uow.tracking.get_clv_summary(date(2015, 9, 1), date(2015, 9, 7)),
    ],
    "teams.get_by_name": [lambda uow: uow.teams.get_by_name("Team 77")],
    "teams.get_by_league": [lambda uow: uow.teams.get_by_league("League 7")],
    "teams.get_top_performers": [lambda uow: uow.teams.get_top_performers()],
    "friction.get_friction": [
        lambda uow: uow.friction.get_friction(1, 2),
        lambda uow: uow.friction.get_friction(1, 2, season="2024-25"),
        lambda uow: uow.friction.get_friction(1, 2, eager_load=False),
    ],
    "friction.get_match_day": [
        lambda uow: uow.friction.get_match_day([(1, 2), (3, 4)]),
        lambda uow: uow.friction.get_match_day([(1, 2), (3, 4)], "2024-25"),
    ],
    "friction.get_high_friction_matches": [
        lambda uow: uow.friction.get_high_friction_matches(),
        lambda uow: uow.friction.get_high_friction_matches(min_score=0),
    ],
    "strategies.get_team_strategies": [
        lambda uow: uow.strategies.get_team_strategies(5),
        lambda uow: uow.strategies.get_team_strategies(5, eager_load=False),
    ],
    "strategies.get_best_by_market": [lambda uow: uow.strategies.get_best_by_market("market 3")],
    "classifications.get_current": [lambda uow: uow.classifications.get_current(5)],
    "classifications.get_by_team": [lambda uow: uow.classifications.get_by_team(5)],
    "classifications.get_by_profile": [lambda uow: uow.classifications.get_by_profile("LOW_BLOCK")],
    "goalscorers.get_by_team": [lambda uow: uow.goalscorers.get_by_team("Team 5")],
    "goalscorers.get_top_scorers": [
        lambda uow: uow.goalscorers.get_top_scorers(),
        lambda uow: uow.goalscorers.get_top_scorers(league="League 3"),
    ],
}
"""Calls of the methods that a repository has of its own."""

ALL_ROWS: Final = {
    "count": "counts every row",
    "get_clv_summary()": "reports on every pick",
}
"""What is about all rows, so that no index finds fewer."""


def known(repository: BaseRepository[Any]) -> Any:
    """Return any row of a model."""
    return repository.get_page(1).rows[0]


def indexed(model: type[Base]) -> list[str]:
    """Return the fields by which an index finds rows."""
    keys = [[*index.columns] for index in model.__table__.indexes if _is_btree(index)]  # type: ignore[attr-defined]
    keys += [
        [*each.columns]
        for each in model.__table__.constraints  # type: ignore[attr-defined]
        if isinstance(each, UniqueConstraint)
    ]
    return sorted({key[0].name for key in keys if key})


def orders(model: type[Base]) -> list[str]:
    """Return the fields by which an index sorts rows; docs/data-access.md lists them."""
    key = [column.key for column in inspect(model).primary_key]
    return [
        field
        for field in indexed(model)
        if not model.__table__.columns[field].nullable
        and any(
            [*index.columns.keys()] in ([field], [field, *key])
            for index in model.__table__.indexes  # type: ignore[attr-defined]
        )
    ]


def _is_btree(index: Index) -> bool:
    options = index.dialect_options["postgresql"]
    return not options["using"] and options["where"] is None


NEW: Final[dict[str, Callable[[], Base]]] = {
    "odds": lambda: rows.odds("new"),
    "tracking": lambda: rows.pick("new"),
    "teams": rows.team,
    "friction": lambda: rows.friction(1, 2, season="2025-26"),
    "strategies": lambda: rows.strategy(1),
    "classifications": lambda: rows.classification(1, is_current=False),
    "goalscorers": rows.goalscorer,
}
CHANGED: Final[dict[str, dict[str, Any]]] = {
    "odds": {"league": "Other"},
    "tracking": {"league": "Other"},
    "teams": {"league": "Other"},
    "friction": {"friction_score": 1},
    "strategies": {"market": "Other"},
    "classifications": {},  # Classifications have no natural key.
    "goalscorers": {"league": "Other"},
}


def general(name: str) -> Iterator[tuple[str, Call]]:
    """Return calls of the methods that every repository has."""

    def call(method: str, *arguments: Any, **options: Any) -> tuple[str, Call]:
        return method, lambda uow: getattr(getattr(uow, name), method)(*arguments, **options)

    model = type(NEW[name]())
    yield call("get_all", skip=50)
    yield call("count")
    for field in (None, *orders(model)):
        for descending in (False, True):
            yield "get_page", _second_page(name, field, descending=descending)
    yield "stream", lambda uow: list(islice(getattr(uow, name).stream(), 3))
    yield from ((method, _by_field(name, method, field)) for method, field in _fields(model))
    yield call("get_by_id", 5)
    yield call("create", NEW[name]())
    yield call("create_many", [NEW[name]()])
    yield "update", lambda uow: getattr(uow, name).update(known(getattr(uow, name)))
    yield "delete", lambda uow: getattr(uow, name).delete(getattr(uow, name).create(NEW[name]()))
    if CHANGED[name]:
        yield "upsert_many", lambda uow: _upsert(getattr(uow, name), CHANGED[name])


def _fields(model: type[Base]) -> list[tuple[str, str]]:
    methods = ("get_by_field", "get_first_by_field")
    return [(method, field) for method in methods for field in indexed(model)]


def _by_field(name: str, method: str, field: str) -> Call:
    def call(uow: UnitOfWork) -> object:
        repository = getattr(uow, name)
        return getattr(repository, method)(field, getattr(known(repository), field))

    return call


def _second_page(name: str, field: str | None, *, descending: bool) -> Call:
    def call(uow: UnitOfWork) -> object:
        repository = getattr(uow, name)
        first = repository.get_page(order_by=field, descending=descending)
        return repository.get_page(after=first.next, order_by=field, descending=descending)

    return call


def _upsert(repository: BaseRepository[Any], changed: dict[str, Any]) -> None:
    keys = {column.name for column in inspect(repository.model).primary_key}
    stored = [
        {field: value for field, value in row.to_dict().items() if field not in keys}
        for row in repository.get_page(300).rows
    ]
    for given in (stored, [{**row, **changed} for row in stored]):
        repository.upsert_many(given)
    repository.session.flush()
