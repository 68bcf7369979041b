"""Refusals of the database become typed errors by SQLSTATE and constraint name, without values."""

import pytest

from core.errors import (
    ConstraintViolationError,
    ForeignKeyViolationError,
    NotNullViolationError,
    PartitionMissingError,
    UniqueViolationError,
)
from repositories import BaseRepository
from schemaproof.scratch.embedded.server import LocalServer
from tests.support import repository_rows
from tests.support.either_side import either_side
from tests.support.own_models import Price, create_tables
from tests.support.repository_rows import (
    Store,
    classification,
    friction,
    goalscorer,
    odds,
    pick,
    strategy,
    team,
)
from tests.support.violations import CASES, SECRET, Write


@pytest.fixture
def filled(store: Store) -> Store:
    store.add(team(SECRET), team("Two"))
    store.add(friction(1, 2, 50), strategy(1, SECRET), classification(1))
    store.add(goalscorer(SECRET), odds(SECRET), pick(SECRET))
    return store


@either_side
@pytest.mark.parametrize(("kind", "write", "table", "columns"), CASES)
def test_a_violation_names_table_and_columns_and_no_value(
    filled: Store,
    kind: type[ConstraintViolationError],
    write: Write,
    table: str,
    columns: tuple[str, ...],
) -> None:
    with filled.unit_of_work() as uow, pytest.raises(ConstraintViolationError) as caught:
        write(uow)
    error = caught.value
    assert type(error) is kind
    assert (error.table, error.columns) == (table, columns)
    assert (error.constraint is None) == (kind is NotNullViolationError)
    assert error.remedy
    for secret in (SECRET, "424242", "Lazio", "Failing row", "DETAIL"):
        assert secret not in str(error)
        assert secret not in repr(error)


def test_an_id_that_a_row_of_the_session_has_is_taken_too(filled: Store) -> None:
    with filled.unit_of_work() as uow:
        kept = uow.teams.get_by_id(1)
        with pytest.raises(UniqueViolationError) as caught:
            uow.teams.create(team("n", team_id=1))
        assert kept is not None
    error = caught.value
    assert (error.columns, error.constraint) == (("team_id",), "pk_team_quantum_dna")


def test_the_constraint_is_named(filled: Store) -> None:
    with filled.unit_of_work() as uow, pytest.raises(UniqueViolationError) as caught:
        uow.teams.create(team(SECRET))
    assert caught.value.constraint == "uq_team_quantum_dna_team_name"


def test_an_update_is_refused_like_a_creation(filled: Store) -> None:
    with filled.unit_of_work() as uow:
        row = uow.teams.get_by_id(2)
        assert row is not None
        row.team_name = SECRET
        with pytest.raises(UniqueViolationError, match="team_name is taken"):
            uow.teams.update(row)


def test_what_has_a_default_cannot_be_emptied_either(filled: Store) -> None:
    with filled.unit_of_work() as uow:
        (row,) = uow.strategies.get_team_strategies(1)
        row.is_active = None  # type: ignore[assignment]
        with pytest.raises(NotNullViolationError) as caught:
            uow.strategies.update(row)
    assert caught.value.columns == ("is_active",)


def test_on_any_server_a_row_that_is_referred_to_is_not_deleted(any_server: LocalServer) -> None:
    with repository_rows.open_store(any_server) as opened:
        opened.add(team(team_id=1))
        opened.add(strategy(1))
        with opened.unit_of_work() as uow:
            row = uow.teams.get_by_id(1)
            assert row is not None
            with pytest.raises(ForeignKeyViolationError, match="refer") as caught:
                uow.teams.delete(row)
        assert caught.value.table == "quantum.quantum_strategies"
        assert caught.value.columns == ("team_id",)
        assert opened.count("quantum.team_quantum_dna") == 1


@pytest.mark.parametrize("table", ["public.bets", "other.quantum_strategies"])
def test_a_table_of_somebody_else_that_refers_to_a_row_is_named(filled: Store, table: str) -> None:
    filled.ask("DELETE FROM quantum.quantum_friction_matrix")
    filled.ask("CREATE SCHEMA other")
    filled.ask(f"CREATE TABLE {table} (team int REFERENCES quantum.team_quantum_dna)")
    filled.ask(f"INSERT INTO {table} VALUES (2)")
    with filled.unit_of_work() as uow:
        row = uow.teams.get_by_id(2)
        assert row is not None
        with pytest.raises(ForeignKeyViolationError, match="_team_fkey") as caught:
            uow.teams.delete(row)
    assert (caught.value.table, caught.value.columns) == (table, ())


def test_the_table_that_refused_is_named_whichever_repository_sent_its_row(filled: Store) -> None:
    with filled.unit_of_work() as uow:
        uow.session.add(team(SECRET))
        with pytest.raises(UniqueViolationError) as caught:
            uow.odds.create(odds("other"))
    assert caught.value.table == "quantum.team_quantum_dna"
    assert caught.value.columns == ("team_name",)


def test_other_integrity_errors_are_typed_too(filled: Store) -> None:
    filled.ask(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'never' USING ERRCODE = '23000'; END $$;"
        "CREATE TRIGGER no BEFORE INSERT ON odds FOR EACH ROW EXECUTE FUNCTION no()"
    )
    with filled.unit_of_work() as uow, pytest.raises(ConstraintViolationError, match="odds"):
        uow.odds.create(odds("n"))


def test_a_row_without_a_partition_says_what_makes_one(store: Store) -> None:
    create_tables(store)
    with store.unit_of_work() as uow:
        prices = BaseRepository(Price, uow.session)
        with pytest.raises(PartitionMissingError) as created:
            prices.create(Price(match_id=SECRET))
    with store.unit_of_work() as uow, pytest.raises(PartitionMissingError) as upserted:
        BaseRepository(Price, uow.session).upsert_many([{"match_id": SECRET}])
    assert store.count("price") == 0
    for error in (created.value, upserted.value):
        assert (error.table, error.columns) == ("public.price", ())
        assert "monps-db partitions ensure" in error.remedy
        assert SECRET not in str(error)
