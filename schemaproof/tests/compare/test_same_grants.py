"""Compare grants; grants to named roles may differ between environments."""

import pytest

from schemaproof.compare.attributes import same_grants
from schemaproof.schema.values import Grant

READER, PUBLIC = Grant("reader", "SELECT"), Grant("PUBLIC", "SELECT")
STRANGER = Grant("another role", "SELECT", "anna")


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        (None, None, True),
        (None, (READER,), True),
        (None, (PUBLIC,), False),
        (None, (READER, STRANGER), False),
        (None, (), False),
        ((READER,), None, False),
        ((READER,), (READER,), True),
        ((READER,), (Grant("reader", "ALL"),), False),
        ((PUBLIC,), (PUBLIC, READER), True),
        ((STRANGER,), (Grant("another role", "SELECT", "bert"),), True),
    ],
)
def test_grants_are_compared_by_part(
    expected: tuple[Grant, ...] | None, actual: tuple[Grant, ...] | None, *, same: bool
) -> None:
    assert same_grants(expected, actual) is same
