"""Repositories after an error, and on a database with another schema."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from core.errors import (
    DataAccessError,
    SchemaMismatchError,
    UniqueViolationError,
    UnitOfWorkError,
)
from repositories import UnitOfWork
from tests.support.either_side import either_side
from tests.support.repository_rows import Store, odds, pick, team

Write = Callable[[UnitOfWork], object]
TAKEN = "Taken"


@pytest.fixture
def filled(store: Store) -> Store:
    store.add(team(TAKEN), team("Two"))
    return store


@either_side
def test_after_an_error_nothing_works_until_it_is_rolled_back(filled: Store) -> None:
    with filled.unit_of_work() as uow:
        with pytest.raises(UniqueViolationError):
            uow.teams.create(team(TAKEN))
        for use in (uow.teams.count, lambda: uow.odds.create(odds("n")), uow.commit):
            with pytest.raises(UnitOfWorkError, match="roll back"):
                use()
        uow.rollback()
        uow.teams.create(team("New"))
        uow.commit()
    assert filled.count("quantum.team_quantum_dna") == 3


def test_after_a_statement_failed_nothing_works_until_it_is_rolled_back(filled: Store) -> None:
    with filled.unit_of_work() as uow:
        with pytest.raises(Exception, match="division by zero"):
            uow.session.execute(text("SELECT 1 / 0"))
        with pytest.raises(UnitOfWorkError, match="roll back"):
            uow.teams.count()
        uow.rollback()
        assert uow.teams.count() == 2


@either_side
def test_a_row_that_was_refused_can_be_corrected(filled: Store) -> None:
    with filled.unit_of_work() as uow:
        row = team(TAKEN)
        with pytest.raises(UniqueViolationError):
            uow.teams.create(row)
        uow.rollback()
        row.team_name = "Corrected"
        uow.teams.create(row)
        uow.commit()
    assert filled.count("quantum.team_quantum_dna") == 3


SHAPES = {
    "other columns": "CREATE TABLE tracking_clv_picks (id serial, pick_id varchar, league text)",
    "no table": "SELECT 1",
    "other types": "CREATE TABLE tracking_clv_picks AS SELECT * FROM kept;"
    "ALTER TABLE tracking_clv_picks ALTER agent TYPE int USING 1,"
    " ALTER match_date TYPE boolean USING true",
}
PICK_METHODS: dict[str, Write] = {
    "get_by_agent": lambda u: u.tracking.get_by_agent("x"),
    "get_recent_picks": lambda u: u.tracking.get_recent_picks(),
    "create": lambda u: u.tracking.create(pick()),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("use", PICK_METHODS.values(), ids=PICK_METHODS)
def test_a_table_of_another_shape_is_said_with_the_command_that_explains(
    store: Store, shape: str, use: Write
) -> None:
    store.ask("ALTER TABLE tracking_clv_picks RENAME TO kept")
    store.ask(shape)
    with store.unit_of_work() as uow:
        with pytest.raises(DataAccessError, match="tracking_clv_picks") as caught:
            use(uow)
        uow.rollback()
        assert uow.teams.count() == 0  # Other tables can still be read.
    # With other types, the fault is a text that is not a number.
    if shape != SHAPES["other types"]:
        assert isinstance(caught.value, SchemaMismatchError)
        assert caught.value.remedy == "run monps-db check"


def test_a_database_that_is_not_migrated_is_said(store: Store) -> None:
    store.ask("DROP SCHEMA quantum CASCADE")
    uses: list[Write] = [
        lambda u: u.teams.get_by_id(1),
        lambda u: u.teams.get_by_name("x"),
        lambda u: u.teams.count(),
        lambda u: u.teams.get_all(),
        lambda u: u.teams.get_first_by_field("league", "x"),
        lambda u: u.teams.create(team()),
    ]
    for use in uses:
        with (
            store.unit_of_work() as uow,
            pytest.raises(SchemaMismatchError, match="monps-db check"),
        ):
            use(uow)
