"""Compare a value from a file with the stored value."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from loading.json_equality import is_equal

SAME: list[tuple[Any, Any]] = [
    (1, 1.0),
    (0.0, -0.0),
    (1e23, 10**23),
    (2**53 + 1, float(2**53)),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ({"a": [1e300]}, {"a": [int("1" + "0" * 300)]}),
    (None, None),
    ("é", "é"),
]
OTHER: list[tuple[Any, Any]] = [
    (True, 1),
    (False, 0),
    (False, None),
    (1.0, True),
    ("1", 1),
    (1.0, "1.0"),
    ([], {}),
    ([1, 2], [2, 1]),
    ([1], [1, 1]),
    ({"a": None}, {}),
    ({"a": {"b": True}}, {"a": {"b": 1}}),
    (2**53, 2**53 + 1),
    (1.0, 10**400),
    (0.1, 0.1000000000000001),
    (None, 0.0),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_say_the_same(one: Any, other: Any) -> None:
    assert is_equal(one, other)
    assert is_equal(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_these_do_not(one: Any, other: Any) -> None:
    assert not is_equal(one, other)
    assert not is_equal(other, one)


values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)


@given(values)
def test_everything_is_the_same_as_its_copy(value: Any) -> None:
    assert is_equal(value, json.loads(json.dumps(value)))
