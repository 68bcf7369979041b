"""JSON is parsed as the standard library parses it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.json_text import loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_any_value_is_read_as_the_standard_library_reads_it(value: object) -> None:
    text = json.dumps(value)
    assert loads(text) == json.loads(text)


@pytest.mark.parametrize("text", ["1e400", "[-1e400]", "1" * 400, "-0.0", "1.0"])
def test_numbers_that_no_float_holds_are_read_as_well(text: str) -> None:
    assert repr(loads(text)) == repr(json.loads(text))
