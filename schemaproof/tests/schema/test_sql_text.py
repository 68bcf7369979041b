"""Which SQL texts are equivalent."""

import pytest

from schemaproof.schema.values import SqlText

SAME = [
    (("a",), ("a",)),
    (("a", "b"), ("c", "b")),
    (("now()",), ("CURRENT_TIMESTAMP",)),
    (("transaction_timestamp()",), ("CURRENT_TIMESTAMP",)),
    (("(now() + '1 day'::interval)",), ("(CURRENT_TIMESTAMP + '1 day'::interval)",)),
]
DIFFERENT = [
    (("a",), ("b",)),
    (("'now()'::text",), ("'CURRENT_TIMESTAMP'::text",)),
    (('"CURRENT_TIMESTAMP"',), ("now()",)),
    (("CURRENT_TIMESTAMP(3)",), ("now()",)),
    (("CURRENT_DATE",), ("now()",)),
    (("s.transaction_timestamp()",), ("s.now()",)),
    (("'it''s CURRENT_TIMESTAMP'::text",), ("'it''s now()'::text",)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_prints_of_the_same_thing_are_the_same(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert SqlText(one).same_as(SqlText(other))
    assert SqlText(other).same_as(SqlText(one))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_prints_of_other_things_are_different(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert not SqlText(one).same_as(SqlText(other))
