"""The sizes of tables in a plan, including the related tables that a statement affects."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from schemaproof.lint import table_statistics
from schemaproof.lint.table_statistics import Size
from schemaproof.schema.paths import ObjectPath
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.servers import Database

SETUP = """
CREATE SCHEMA "Odd one";
CREATE TABLE "Odd one"."t.t" AS SELECT n FROM generate_series(1, 1000) AS n;
CREATE TABLE plain (id int PRIMARY KEY);
INSERT INTO plain SELECT generate_series(1, 1000);
CREATE TABLE whole (id int, part int) PARTITION BY LIST (part);
CREATE TABLE first PARTITION OF whole FOR VALUES IN (1);
CREATE TABLE others PARTITION OF whole DEFAULT PARTITION BY LIST (part);
CREATE TABLE second PARTITION OF others FOR VALUES IN (2);
CREATE INDEX by_id ON whole (id);
INSERT INTO whole SELECT n, 1 + n / 501 FROM generate_series(1, 1000) AS n;
CREATE TABLE child () INHERITS (plain);
INSERT INTO child SELECT generate_series(1, 500);
CREATE TABLE empty (id int) PARTITION BY LIST (id);
ANALYZE;
CREATE TABLE never_analyzed AS SELECT 1 AS one;
"""


@pytest.fixture
def connection(any_database: Database) -> Iterator[Connection]:
    with unpooled_engine(any_database) as engine, engine.connect() as connected:
        connected.exec_driver_sql(SETUP)
        connected.commit()
        yield connected


def sizes(connection: Connection, *names: str) -> dict[str, Size]:
    return dict(table_statistics.table_sizes(connection, map(ObjectPath.parse, names)))


def test_a_table_is_as_large_as_all_of_its_partitions_and_children(connection: Connection) -> None:
    found = sizes(connection, "whole", "first", "second", "plain", "child", "empty")
    assert {name: size.rows for name, size in found.items()} == {
        "whole": 1000,
        "first": 500,
        "second": 500,
        "plain": 1500,
        "child": 500,
        "empty": 0,
    }
    for part in ("table_bytes", "index_bytes"):
        first, second, whole = (getattr(found[n], part) for n in ("first", "second", "whole"))
        assert whole == first + second > 0
    assert found["empty"].table_bytes == 0


def test_of_an_index_it_is_the_table(connection: Connection) -> None:
    found = sizes(connection, "whole", "by_id", "plain", "plain_pkey")
    assert found["by_id"] == found["whole"]
    assert found["plain_pkey"] == found["plain"]


def test_names_are_as_sql_has_them_and_what_is_not_there_has_no_size(
    connection: Connection,
) -> None:
    found = sizes(connection, '"Odd one"."t.t"', "public.plain", "absent", "nowhere.absent")
    assert {name: size.rows for name, size in found.items()} == {
        '"Odd one"."t.t"': 1000,
        "public.plain": 1500,
    }
    assert sizes(connection, "never_analyzed")["never_analyzed"].table_bytes > 0
