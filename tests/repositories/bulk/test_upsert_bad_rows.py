"""Invalid rows: the error has position and column, and no row is kept."""

import math
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from core.errors import (
    CheckViolationError,
    ConstraintViolationError,
    DataAccessError,
    ForeignKeyViolationError,
    InvalidArgumentError,
    NotNullViolationError,
    SchemaMismatchError,
    UniqueViolationError,
    UnknownFieldError,
)
from repositories.bulk import encode
from tests.support import repository_rows
from tests.support.repository_rows import SEASON, Store, team
from tests.support.upsert_rows import Row, price, upsert

pytestmark = pytest.mark.slow
NAIVE = datetime(2026, 1, 10, 15)  # noqa: DTZ001 - on purpose
BAD_VALUES: dict[str, tuple[Any, ...]] = {
    "home_odds": ("2.0", True, Decimal(2), math.nan, math.inf, -math.inf, [2.0], {}, 10**400),
    "league": (1, b"x", True, "x" * 101, "a\0b", "\ud800", ["x"], {"x": 1}),
    "bookmaker": ("", " \t"),
    "commence_time": (NAIVE, "2026-01-10", 0, datetime.max),  # noqa: DTZ901
    "is_live": (1, 0, "true"),
    "line": (math.nan, "2.5", {}),
}
CASES = [
    pytest.param(field, value, id=f"{field}-{number}")
    for field, values in BAD_VALUES.items()
    for number, value in enumerate(values)
]


def refused(store: Store, rows: Any, repository: str = "odds") -> DataAccessError:
    """Return the error of a bulk write, and check that the transaction is unchanged."""
    with store.unit_of_work() as uow:
        uow.teams.create(team("Before"))
        before = uow.odds.count()
        with pytest.raises(DataAccessError) as caught:
            getattr(uow, repository).upsert_many(rows)
        assert uow.odds.count() == before
        assert uow.teams.get_by_name("Before") is not None
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(("field", "value"), CASES)
def test_a_value_that_fits_no_row_is_refused_by_position_and_column(
    shared: Store, field: str, value: Any
) -> None:
    rows = [price(f"m{number}", is_live=False) for number in range(10)]
    rows[7] = {**rows[7], field: value}
    error = refused(shared, rows)
    assert type(error) is InvalidArgumentError
    assert error.position == 7
    assert str(error).startswith(f"rows[7]: odds.{field} ")


@pytest.mark.parametrize("field", ["home_team", "match_id", "commence_time", "is_live"])
def test_none_where_a_value_is_needed_is_refused_before_it_is_sent(
    shared: Store, field: str
) -> None:
    rows = [price(f"m{number}", is_live=False) for number in range(10)]
    rows[3] = {**rows[3], field: None}
    with shared.statements() as sent:
        error = refused(shared, iter(rows))
    assert not any("found AS" in statement for statement in sent)
    assert isinstance(error, NotNullViolationError)
    assert (error.position, error.columns) == (3, (field,))


SHAPES: dict[str, tuple[Any, type[DataAccessError], int | None]] = {
    "unknown field": ([price(nonsense=1)], UnknownFieldError, 0),
    "unknown field later": ([price(), price("b", nonsense=1)], UnknownFieldError, 1),
    "another field": ([price(), price("b", draw_odds=3.0)], InvalidArgumentError, 1),
    "a field less": ([price(draw_odds=3.0), price("b")], InvalidArgumentError, 1),
    "other fields, as many": (
        [price(draw_odds=3.0), price("b", away_odds=3.0)],
        InvalidArgumentError,
        1,
    ),
    "no key": ([{"match_id": "m", "market": "h2h"}], InvalidArgumentError, 0),
    "a primary key": ([price(id=1)], InvalidArgumentError, 0),
    "no mapping": ([price(), "row"], InvalidArgumentError, 1),
    "none": ([price(), None], InvalidArgumentError, 1),
    "a list": ([price(), [1, 2]], InvalidArgumentError, 1),
    "an empty dict": ([{}], InvalidArgumentError, 0),
    "an empty dict later": ([price(), {}], InvalidArgumentError, 1),
    "one dict": (price(), InvalidArgumentError, 0),
    "a number": (7, InvalidArgumentError, None),
    "nothing": (None, InvalidArgumentError, None),
    "a field that is no text": ([{1: 2}], UnknownFieldError, 0),
}


@pytest.mark.parametrize(("rows", "kind", "position"), SHAPES.values(), ids=SHAPES)
def test_a_value_that_is_no_row_is_refused(
    shared: Store, rows: Any, kind: type[DataAccessError], position: int | None
) -> None:
    error = refused(shared, rows)
    assert type(error) is kind
    assert error.position == position


def test_a_model_without_a_natural_key_has_no_bulk_write(shared: Store) -> None:
    error = refused(shared, [{"team_id": 1}], "classifications")
    assert "natural key" in str(error)


def test_a_null_that_a_model_forbids_and_a_row_lacks_is_found_by_the_database(
    shared: Store,
) -> None:
    row = price("new")
    del row["home_team"]
    error = refused(shared, [row])
    assert isinstance(error, NotNullViolationError)
    assert (error.position, error.columns) == (0, ("home_team",))


@pytest.mark.parametrize("position", [0, 1, 6, 63, 98, 99])
@pytest.mark.parametrize("are_there", [False, True])
def test_a_row_that_a_check_refuses_is_found(
    store: Store,
    position: int,
    are_there: bool,  # noqa: FBT001 - a case
) -> None:
    rows = [price(f"m{number}") for number in range(100)]
    if are_there:
        upsert(store, rows)
    rows[position]["home_odds"] = 0.5
    error = refused(store, rows)
    assert type(error) is CheckViolationError
    assert (error.position, error.columns) == (position, ("home_odds",))


def test_the_first_of_several_bad_rows_is_named(store: Store) -> None:
    rows = [price(f"m{number}") for number in range(50)]
    rows[30]["home_odds"] = rows[12]["home_odds"] = 1.0
    assert refused(store, rows).position == 12


def test_a_row_that_refers_to_nothing_is_found(store: Store) -> None:
    store.add(team("Lazio"))
    rows = [{"team_id": 1, "strategy_name": f"S{number}", "season": SEASON} for number in range(20)]
    rows[17]["team_id"] = 4711
    error = refused(store, rows, "strategies")
    assert type(error) is ForeignKeyViolationError
    assert (error.position, error.columns) == (17, ("team_id",))


def test_a_row_that_a_trigger_refuses_is_found(store: Store) -> None:
    store.ask(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.match_id = 'm5' THEN RAISE 'never' USING ERRCODE = '23000'; END IF;"
        " RETURN NEW; END $$;"
        "CREATE TRIGGER no BEFORE INSERT ON odds FOR EACH ROW EXECUTE FUNCTION no()"
    )
    error = refused(store, [price(f"m{number}") for number in range(9)])
    assert type(error) is ConstraintViolationError
    assert error.position == 5


def test_a_bad_row_in_a_later_batch_keeps_nothing_of_the_earlier(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode, "SLICE", 5)
    monkeypatch.setattr(encode, "BATCH_ROWS", 10)
    rows = [price(f"m{number}") for number in range(100)]
    rows[95]["home_odds"] = 0.5
    assert refused(store, rows).position == 95
    rows[95]["home_odds"] = "x"
    assert refused(store, rows).position == 95
    assert store.count("odds") == 0


TWINS: dict[str, tuple[list[Row], int]] = {
    "the same twice": ([price(), price()], 1),
    "other values": ([price(), price("b"), price(home_odds=3.0)], 2),
    "no line twice": ([price(line=None), price(line=2.5), price(line=None)], 2),
    "zero and minus zero": ([price(line=0.0), price(line=-0.0)], 1),
    "at the end": ([price(f"m{number}") for number in (*range(40), 7)], 40),
}


@pytest.mark.parametrize("size", [1, 10, 1000])
@pytest.mark.parametrize("stored", ["nothing", "the same", "something else"])
@pytest.mark.parametrize(("rows", "position"), TWINS.values(), ids=TWINS)
def test_a_key_that_comes_twice_is_refused_whatever_is_stored(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[Row],
    position: int,
    stored: str,
    size: int,
) -> None:
    monkeypatch.setattr(encode, "SLICE", size)
    monkeypatch.setattr(encode, "BATCH_ROWS", size)
    if stored != "nothing":
        changes = {} if stored == "the same" else {"home_odds": 8.0}
        upsert(store, [{**row, **changes} for row in rows[:position]])
    error = refused(store, rows)
    assert type(error) is UniqueViolationError
    assert error.position == position
    assert error.columns == ("match_id", "bookmaker", "market", "price_type", "line")


def test_an_error_of_the_rows_themselves_passes_and_keeps_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode, "SLICE", 5)
    monkeypatch.setattr(encode, "BATCH_ROWS", 5)

    def broken() -> Iterator[Row]:
        yield from (price(f"m{number}") for number in range(20))
        raise ZeroDivisionError

    with store.unit_of_work() as uow:
        with pytest.raises(ZeroDivisionError):
            uow.odds.upsert_many(broken())
        assert uow.odds.count() == 0
        assert uow.odds.upsert_many([price()]).inserted == 1
        uow.commit()
    assert store.count("odds") == 1


def test_a_table_of_another_shape_is_a_schema_mismatch(store: Store) -> None:
    store.ask("ALTER TABLE odds DROP COLUMN home_odds")
    with store.unit_of_work() as uow, pytest.raises(SchemaMismatchError):
        uow.odds.upsert_many([price()])


def test_after_an_error_the_transaction_has_to_be_rolled_back_first(store: Store) -> None:
    with store.unit_of_work() as uow:
        with pytest.raises(CheckViolationError):
            uow.odds.create(repository_rows.odds(home_odds=0.5))
        with pytest.raises(DataAccessError, match="roll back"):
            uow.odds.upsert_many([price()])
