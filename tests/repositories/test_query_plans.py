"""An index serves every statement of the repositories, on tables with many rows."""

import inspect
import re
from collections.abc import Iterator

import pytest

from repositories import UnitOfWork
from repositories.unit_attributes import RepositoryAttribute
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.project import ROOT
from tests.support.many_rows import fill
from tests.support.query_plans import explained, large_tables
from tests.support.repository_calls import NEW, OWN, Call, general, orders
from tests.support.repository_rows import Store, open_store

ALL_ROWS = {"count"}
"""Methods about every row, so that no index finds fewer."""

CALLS = {**OWN}
for repository in NEW:
    for method, call in general(repository):
        CALLS.setdefault(f"{repository}.{method}", []).append(call)


@pytest.fixture(scope="module")
def filled(server: LocalServer) -> Iterator[Store]:
    with open_store(server) as made:
        fill(made.engine)
        yield made


def faults(store: Store, call: Call) -> list[tuple[str, str]]:
    """Return where the statements of a call read or sort a large table; the call is rolled back."""
    with explained(store.engine) as found, store.unit_of_work() as uow:
        call(uow)
    assert found
    large = large_tables(store.engine)
    return [(fault, each.statement) for each in found for fault in each.faults(large)]


@pytest.mark.slow
@pytest.mark.parametrize("repository", NEW)
def test_no_statement_reads_or_sorts_a_large_table_as_a_whole(
    filled: Store, repository: str
) -> None:
    assert {
        name: found
        for name, calls in CALLS.items()
        if name.startswith(f"{repository}.") and name.split(".")[1] not in ALL_ROWS
        for call in calls
        if (found := faults(filled, call))
    } == {}


@pytest.mark.slow
def test_a_query_without_a_fitting_index_reads_every_row(filled: Store) -> None:
    assert faults(filled, lambda uow: uow.odds.get_page(order_by="home_odds"))
    assert faults(filled, lambda uow: uow.odds.get_by_field("bookmaker", "Bookmaker 1"))


def test_the_page_lists_the_orders_that_an_index_serves() -> None:
    listed = (ROOT / "docs" / "data-access.md").read_text("utf-8").split("serves these orders")[1]
    fields = re.findall(r"`(\w+)`", listed.split("For another")[0])
    assert sorted(fields) == sorted(
        field for make in NEW.values() for field in orders(type(make()))
    )


def test_every_method_of_every_repository_is_called() -> None:
    repositories = inspect.getmembers(
        UnitOfWork, lambda each: isinstance(each, RepositoryAttribute)
    )
    offered = {
        f"{name}.{method}"
        for name, attribute in repositories
        for method, _ in inspect.getmembers(attribute.repository, inspect.isfunction)
        if not method.startswith("_")
    }
    assert offered - set(CALLS) == {"classifications.upsert_many"}
