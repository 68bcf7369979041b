"""Which failures lead to another attempt, and after which pause."""

from datetime import timedelta
from types import SimpleNamespace

import psycopg2
import pytest
from sqlalchemy.exc import DBAPIError

from schemaproof.catalog.catalog_queries import SchemaChangedError
from schemaproof.migrate.attempts import may_pass, pause

SECOND = timedelta(seconds=1)


class ServerError(psycopg2.Error):  # type: ignore[misc]
    """A driver error with a SQLSTATE, which the driver's own class takes only from the server."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("message")
        self._diag = SimpleNamespace(sqlstate=sqlstate, message_primary="message")

    @property
    def diag(self) -> SimpleNamespace:
        return self._diag


@pytest.mark.parametrize(
    ("sqlstate", "expected"),
    [
        ("55P03", True),  # lock_not_available
        ("40P01", True),  # deadlock_detected
        ("40001", True),  # serialization_failure
        ("57014", False),  # query_canceled
        ("42P07", False),  # duplicate_table
        ("53100", False),  # disk_full
        (None, False),  # The connection broke.
    ],
)
def test_only_what_others_were_in_the_way_of_is_tried_again(
    sqlstate: str | None, *, expected: bool
) -> None:
    error = DBAPIError("statement", {}, ServerError(sqlstate))
    assert may_pass(error) is expected


def test_a_schema_that_changed_while_it_was_read_is_read_again() -> None:
    assert may_pass(SchemaChangedError())


def test_an_error_of_the_revision_itself_stays() -> None:
    assert not may_pass(ValueError("no"))


@pytest.mark.parametrize(
    ("attempt", "lock_timeout", "expected"),
    [
        (1, SECOND, SECOND),
        (2, SECOND, 2 * SECOND),
        (4, SECOND, 8 * SECOND),
        (5, SECOND, 10 * SECOND),
        (1000, SECOND, 10 * SECOND),
        (1, None, SECOND),
        (1, timedelta(0), SECOND),
        (1, timedelta(milliseconds=1), timedelta(milliseconds=50)),
    ],
)
def test_pauses_start_at_the_lock_time_out_and_double_up_to_ten_times_that(
    attempt: int, lock_timeout: timedelta | None, expected: timedelta
) -> None:
    assert pause(attempt, lock_timeout, chance=0.5) == expected


def test_pauses_are_spread_by_half_each_way() -> None:
    assert pause(1, SECOND, chance=0) == SECOND / 2
    assert pause(1, SECOND, chance=1) == SECOND * 1.5
