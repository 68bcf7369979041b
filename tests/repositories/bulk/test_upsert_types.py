"""Bulk writes of every column type: the ORM reads the written value."""

import math
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidArgumentError
from repositories import BaseRepository
from repositories.bulk.result import Upserted
from schemaproof.scratch.embedded.server import LocalServer
from tests.support import repository_rows
from tests.support.own_models import Everything, Network, create_tables
from tests.support.repository_rows import Store, pick
from tests.support.upsert_rows import TRACKED, Row, upsert
from tests.support.upsert_values import JSON, MOMENTS, NUMBERS, TEXTS, VALUES

pytestmark = pytest.mark.slow
QUIET: Final = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def kept(server: LocalServer) -> Iterator[Store]:
    with repository_rows.open_store(server) as opened:
        create_tables(opened)
        yield opened


@QUIET
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "team_name": TEXTS.filter(str.strip),
                "league": TEXTS.map(lambda value: value[:50]),
                "total_pnl": st.none() | NUMBERS | st.integers(-(2**53), 2**53),
                "market_dna": st.none() | st.dictionaries(TEXTS, JSON, max_size=3),
                "legacy_facts": st.none() | JSON,
            }
        ),
        min_size=1,
        max_size=12,
        unique_by=lambda row: str(row["team_name"]),
    )
)
def test_what_is_written_is_what_was_given_and_then_unchanged(kept: Store, rows: list[Row]) -> None:
    with kept.unit_of_work() as uow:
        assert uow.teams.upsert_many(rows) == Upserted(inserted=len(rows))
        assert uow.teams.upsert_many(rows) == Upserted(unchanged=len(rows))
        for row in rows:
            found = uow.teams.get_first_by_field("team_name", row["team_name"])
            assert found is not None
            assert {name: getattr(found, name) for name in row} == row


@QUIET
@given(moment=MOMENTS, number=NUMBERS)
def test_times_and_numbers_come_back_to_the_last_bit(
    kept: Store, moment: datetime, number: float
) -> None:
    row = {**TRACKED, "match_date": moment, "pnl": number}
    with kept.unit_of_work() as uow:
        uow.tracking.upsert_many([row])
        found = uow.tracking.get_first_by_field("pick_id", "p1")
        assert found is not None
        assert found.match_date == moment
        assert found.pnl == number
        assert math.copysign(1, found.pnl) == math.copysign(1, number)


def test_both_ways_to_write_agree(store: Store) -> None:
    """A row written by the ORM is unchanged by an equal upsert, and the reverse."""
    values = {**TRACKED, "pnl": -0.1, "notes": "a\\tb\t\n", "confidence": 1}
    with store.unit_of_work() as uow:
        uow.tracking.create(pick(**values))
        uow.commit()
    assert upsert(store, [values], "tracking") == Upserted(unchanged=1)


def test_every_column_is_tried() -> None:
    assert {"id", "key", *VALUES} == set(Everything.__table__.columns.keys())


def exactly(value: Any, field: str) -> Any:
    """Return a value with details that equality ignores: digits, sign of zero, time zone."""
    if isinstance(value, list):
        return [exactly(item, field) for item in value]
    if isinstance(value, Decimal):
        # A number without decimals is read as it is written in full: 1E+3 as 1000.
        return f"{value:f}" if value else f"{abs(value):f}"
    if isinstance(value, float):
        # The driver reads a real from its shortest text.
        return struct.pack("f" if field == "real" else "d", value)
    return (value, value.utcoffset()) if isinstance(value, time) else value


@QUIET
@pytest.mark.parametrize("field", VALUES)
@given(data=st.data())
def test_the_orm_reads_the_written_values(kept: Store, field: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.none() | VALUES[field], min_size=1, max_size=6))
    rows: list[Row] = [{"key": str(number), field: value} for number, value in enumerate(values)]
    with kept.sessions() as session:
        everything = BaseRepository(Everything, session)
        assert everything.upsert_many(rows) == Upserted(inserted=len(rows))
        assert everything.upsert_many(rows) == Upserted(unchanged=len(rows))
        found = [getattr(row, field) for row in everything.get_all()]
        assert exactly(found, field) == exactly(values, field)


def test_zero_keeps_its_sign_whatever_came_before(kept: Store) -> None:
    signs = [0.0, -0.0, 1.0, -0.0, 0.0]
    rows = [{"key": str(number), "number": value} for number, value in enumerate(signs)]
    with kept.sessions() as session:
        everything = BaseRepository(Everything, session)
        everything.upsert_many(rows)
        found = [row.number for row in everything.get_all() if row.number is not None]
        assert [math.copysign(1, value) for value in found] == [1, -1, 1, -1, 1]


WRONG: Final[dict[str, tuple[Any, ...]]] = {
    "small": (2**15, -(2**15) - 1, True, 1.0, "1"),
    "real": (1e39, math.nan, math.inf, Decimal(1), "1"),
    "amount": (Decimal("NaN"), Decimal("Infinity"), math.nan, True, "1", Decimal("1E+131072")),
    "price": (Decimal(100_000_000), Decimal("99999999.99995"), 10**400, math.inf, "1"),
    "day": (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01", 1),
    "at": (time(1, tzinfo=UTC), "01:00", 1),
    "at_zone": (time(1), "01:00"),
    "local": (datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1)),
    "span": (1, "1 day"),
    "data": ("text", bytearray(b"x"), 1),
    "uid": ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", 1),
    "uid_text": ("no", 1, ""),
    "old_json": (math.nan, {1: 2}, {"a": object()}, "\0"),
    "mood": ("wild?", 1, True),
    "letters": ("four", 1),
    "backwards": ("x" * 21, 1),
    "numbers": (1, "1", (1,), [True], [2**63], [[1]], ["1"]),
    "texts": ("text", ["a\0"], [1]),
    "names": (["x" * 31],),
    "amounts": ([Decimal("NaN")], [1, "1"]),
    "moments": ([datetime(2026, 1, 1)], [1]),  # noqa: DTZ001 - on purpose
    "grid": ([1.0], [[1.0], [1.0, 2.0]], [[]], [[1.0], []], [[[1.0]]], [[math.nan]]),
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param(field, value, id=f"{field}-{number}")
        for field, values in WRONG.items()
        for number, value in enumerate(values)
    ],
)
def test_what_fits_no_column_of_the_type_is_refused(kept: Store, field: str, value: Any) -> None:
    rows = [{"key": "a", field: None}, {"key": "b", field: value}]
    with kept.sessions() as session:
        everything = BaseRepository(Everything, session)
        with pytest.raises(InvalidArgumentError, match=rf"^rows\[1\]: everything\.{field} "):
            everything.upsert_many(rows)
        assert everything.count() == 0


def test_json_without_none_as_null_gets_the_null_of_json_as_from_the_orm(kept: Store) -> None:
    rows = [{"key": "a", "json": None}]
    with kept.sessions() as session:
        everything = BaseRepository(Everything, session)
        everything.create(Everything(key="a", json=None))
        assert everything.upsert_many(rows) == Upserted(unchanged=1)


def test_a_column_of_another_type_is_refused_before_anything_is_sent(kept: Store) -> None:
    with kept.sessions() as session:
        networks = BaseRepository(Network, session)
        with pytest.raises(InvalidArgumentError, match=r"network\.address is INET, which cannot"):
            networks.upsert_many([{"name": "a", "address": "10.0.0.1"}])
        assert networks.upsert_many([{"name": "a"}]) == Upserted(inserted=1)
