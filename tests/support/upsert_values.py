"""Values of every column type."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from hypothesis import strategies as st

from tests.support.own_models import Mood

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=100
) | st.sampled_from(["\\N", "\\.", "a\tb", "a\nb\r\n", "\\", '"', "'", "{}", "NULL", "\u2028", "É"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 - the zones are drawn too
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))]),
)
JSON = st.recursive(
    # jsonb returns a larger number as an integer with other digits.
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
ZONES: Final = st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))])
DECIMALS: Final = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
    lambda value: -300 < value.adjusted() < 300
)
REALS: Final = st.floats(width=32, allow_nan=False, allow_infinity=False)


def list_values(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(st.none() | values, max_size=4)


@st.composite
def grids(draw: st.DrawFn) -> list[list[float | None]]:
    wide, high = draw(st.integers(1, 3)), draw(st.integers(0, 3))
    return [[draw(st.none() | NUMBERS) for _ in range(wide)] for _ in range(high)]


VALUES: Final[dict[str, st.SearchStrategy[Any]]] = {
    "small": st.integers(-(2**15), 2**15 - 1),
    "number": NUMBERS,
    "real": REALS,
    "amount": DECIMALS,
    "price": st.decimals(-99_999_999, 99_999_999, places=4),
    "day": st.dates(),
    "at": st.times(),
    "at_zone": st.times(timezones=ZONES),
    "local": st.datetimes(),
    "moment": MOMENTS,
    "span": st.timedeltas(timedelta(days=-100_000), timedelta(days=100_000)),
    "data": st.binary(max_size=50),
    "uid": st.uuids(),
    "uid_text": st.uuids().map(str),
    "old_json": JSON,
    "json": JSON,
    "mood": st.sampled_from(Mood),
    "letters": st.text("abcé", min_size=3, max_size=3),
    "backwards": st.text("ab \té", max_size=20),
    "numbers": list_values(st.integers(-(2**63), 2**63 - 1)),
    "texts": list_values(TEXTS),
    "names": list_values(TEXTS.map(lambda text: text[:30])),
    "amounts": list_values(DECIMALS),
    "moments": list_values(MOMENTS),
    "grid": grids(),
}
