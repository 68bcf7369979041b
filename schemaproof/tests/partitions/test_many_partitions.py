"""A check of a table with a thousand partitions needs no larger lock table."""

from datetime import date, timedelta

import pytest

from schemaproof_testing.other_project import Make
from schemaproof_testing.servers import Database

PARTITIONS = 1_000
FIRST_DAY = date(2020, 1, 1)
CREATE = (
    "CREATE TABLE shop.history (id bigint NOT NULL, at date NOT NULL, PRIMARY KEY (id, at))"
    " PARTITION BY RANGE (at)"
)


@pytest.mark.slow
def test_a_thousand_partitions_are_read_within_the_default_lock_table(
    make_shop: Make, database: Database
) -> None:
    assert database.query("SHOW max_locks_per_transaction") == [("64",)]
    project = make_shop()
    project.alembic("upgrade", "head")
    assert project.monps_db("snapshot").code == 0
    database.execute(CREATE)
    for number in range(PARTITIONS):  # Each partition is created in its own transaction.
        database.execute(
            f"CREATE TABLE shop.history_{number} PARTITION OF shop.history"
            f" FOR VALUES FROM ('{FIRST_DAY + timedelta(number)}')"
            f" TO ('{FIRST_DAY + timedelta(number + 1)}')"
        )
    checked = project.monps_db("check")
    assert checked.code == 1, checked.text
    assert checked.out.count("table-unexpected") == PARTITIONS + 1
    assert project.monps_db("check", "--sql").code in {0, 1}
