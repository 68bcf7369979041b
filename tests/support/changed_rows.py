"""Changes inside rows that only the session references, for each way of loading a row."""

import gc
from typing import Any

from sqlalchemy.orm import joinedload

from models import QuantumStrategy
from tests.support.repository_rows import team


def loop(uow: Any) -> None:
    for row in uow.teams.get_all():
        row.market_dna["a"] = 2


def expression(uow: Any) -> None:
    uow.teams.get_all()[0].market_dna["b"]["c"].append(2)


def value_alone(uow: Any) -> None:
    value = uow.teams.get_all()[0].market_dna["b"]
    gc.collect()
    value["c"].append(2)


def stream(uow: Any) -> None:
    for row in uow.teams.stream(batch_size=1):
        row.market_dna["a"] = 2


def stream_left_early(uow: Any) -> None:
    for row in uow.teams.stream(batch_size=1):
        row.market_dna["a"] = 2
        break


def related(uow: Any) -> None:
    for row in uow.strategies.stream(options=[joinedload(QuantumStrategy.team)], batch_size=1):
        row.team.market_dna["a"] = 2


def refreshed(uow: Any) -> None:
    uow.session.refresh(uow.teams.get_all()[0])
    uow.teams.get_all()[0].market_dna["a"] = 2


def created(uow: Any) -> None:
    row = uow.teams.create(team("New", market_dna={"a": 1}))
    value = row.market_dna
    del row
    gc.collect()
    value["a"] = 2
    uow.teams.get_all()[0].market_dna["a"] = 2


def added_again(uow: Any) -> None:
    row = uow.teams.get_all()[0]
    uow.session.expunge_all()
    uow.session.add(row)
    value = row.market_dna
    del row
    gc.collect()
    value["a"] = 2


def upserted_meanwhile(uow: Any) -> None:
    uow.teams.get_all()[0].market_dna["a"] = 2
    uow.teams.upsert_many([{"team_name": "Lazio", "league": "Serie B"}])


HELD_BY_NOBODY = (
    *(loop, expression, value_alone, stream, stream_left_early, related, refreshed),
    *(created, added_again, upserted_meanwhile),
)


def changes(vector: Any) -> list[Any]:
    """Return functions that change the JSON value of a row in different ways."""

    def within(row: Any) -> None:
        row.market_dna["pressing"] = 2

    def deep(row: Any) -> None:
        row.market_dna["deep"]["list"].append(4)

    def removed(row: Any) -> None:
        del row.market_dna["pressing"]

    def kind(row: Any) -> None:
        row.market_dna = {**vector, "pressing": True}

    def kind_within(row: Any) -> None:
        row.market_dna["pressing"] = True

    def kind_deep(row: Any) -> None:
        row.market_dna["deep"]["list"][0] = 1.0

    def both(row: Any) -> None:
        row.market_dna = {**row.market_dna, "a": 1}
        row.market_dna["b"] = 2

    return [within, deep, removed, kind, kind_within, kind_deep, both]


def by_jsonb(item: tuple[str, Any]) -> tuple[int, str]:
    """Return the sort key by which jsonb orders keys: shorter ones first."""
    return len(item[0]), item[0]
