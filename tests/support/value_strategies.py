"""Strategies for values of columns, for property-based tests."""

from hypothesis import strategies as some

# These are all characters that PostgreSQL can store, so neither NUL nor surrogates.
characters = some.characters(exclude_categories=["Cs"], exclude_characters="\0")


names = some.text(characters, min_size=1, max_size=100).filter(str.strip)


numbers = some.floats(allow_nan=False, allow_infinity=False)


# jsonb returns a larger number as an integer with other digits; the last test shows it.
moderate = some.floats(min_value=-(2.0**53), max_value=2.0**53)


values = some.recursive(
    some.none() | some.booleans() | some.integers() | moderate | some.text(characters),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(some.text(characters, max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


vectors = some.dictionaries(some.text(characters, max_size=20), values, max_size=6)
