"""Partitions by time in another project: check, ensure, detach, archive, restore."""

import json
import shlex
from contextlib import closing
from pathlib import Path

import pytest

from schemaproof_testing.other_project import FIRST, Make, OtherProject, make_project
from schemaproof_testing.servers import Database, Servers, create_database

pytestmark = pytest.mark.slow

HISTORY = """
class History(Base):
    __tablename__ = "history"
    __table_args__ = {"schema": "shop", "postgresql_partition_by": "RANGE (at)"}
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    note: Mapped[str | None] = mapped_column(String(100))
    price: Mapped[float | None]
    is_seen: Mapped[bool | None]
"""
BODY = """
op.create_table("history", sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False), sa.Column("note", sa.String(100)),
    sa.Column("price", sa.Float()), sa.Column("is_seen", sa.Boolean()),
    sa.PrimaryKeyConstraint("id", "at", name="pk_history"), schema="shop",
    postgresql_partition_by="RANGE (at)")
"""
ROWS = """
INSERT INTO shop.history
SELECT number, date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
    - interval '1 year' + number * interval '1 hour',
    (ARRAY['', NULL, 'a,"b', E'two\\nlines', 'ä;\\\\', 'null'])[1 + number % 6],
    (ARRAY[0.1, 'NaN', 'Infinity', '-Infinity', 1e300, NULL]::float8[])[1 + number % 6],
    (ARRAY[true, false, NULL])[1 + number % 3]
FROM generate_series(0, 500) AS number
"""


def partitioned(project: OtherProject) -> OtherProject:
    models = (project.folder / "models.py").read_text("utf-8")
    imports = "from datetime import datetime\nfrom sqlalchemy import DateTime\n"
    project.write("models.py", imports + models + HISTORY)
    project.revision("first", None, FIRST)
    project.revision("second", "first", BODY)
    project.configure(
        metadata='"models:Base.metadata"',
        script_location='"alembic"',
        managed_schemas='["shop"]',
        partitions='{ "shop.history" = "month, 2 ahead, 6 kept" }',
    )
    assert project.monps_db("snapshot").code == 0
    project.alembic("upgrade", "head")
    return project


@pytest.fixture
def shop(make_shop: Make) -> OtherProject:
    return partitioned(make_shop())


def attached(database: Database) -> list[str]:
    found = database.query(
        "SELECT oid::regclass::text FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1"
    )
    return [name for (name,) in found]


def test_a_new_month_is_no_drift_and_a_missing_or_wrong_one_is(
    shop: OtherProject, database: Database
) -> None:
    missing = shop.monps_db("check")
    assert missing.code == 1
    assert missing.out.count("partition-missing shop.history_p") == 3
    script = shop.monps_db("check", "--sql").out
    assert script.count("PARTITION OF") == 3
    assert shop.monps_db("partitions", "ensure").code == 0
    assert len(attached(database)) == 3
    assert shop.monps_db("check").code == 0
    # Another tool, such as pg_partman, gives the partition of a month another name.
    database.execute(
        "CREATE TABLE shop.other PARTITION OF shop.history"
        " FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2020-02-01 00:00+00')"
    )
    gap = shop.monps_db("check")
    assert gap.code == 1
    assert "partition-missing shop.history_p2020_02" in gap.out
    assert "shop.other" not in gap.out
    database.execute("DROP TABLE shop.other")
    database.execute(
        "CREATE TABLE shop.wrong PARTITION OF shop.history"
        " FOR VALUES FROM ('2999-01-02 00:00+00') TO ('2999-03-01 00:00+00')"
    )
    assert "partition-bounds shop.wrong" in shop.monps_db("check").out
    database.execute("DROP TABLE shop.wrong")
    database.execute(f"ALTER TABLE shop.history DETACH PARTITION {attached(database)[-1]}")
    assert "partition-missing" in shop.monps_db("check").out


def partition_of_a_year_ago(database: Database) -> str:
    """Create a partition with rows, as the command would; return its name."""
    year_ago = database.query("SELECT to_char(now() - interval '1 year', '\"history_p\"YYYY_MM')")[
        0
    ][0]
    bounds = database.query(
        "SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 year')::text || '+00',"
        " (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '11 months')::text || '+00'"
    )[0]
    database.execute(
        f"CREATE TABLE shop.{year_ago} PARTITION OF shop.history FOR VALUES"
        f" FROM ('{bounds[0]}') TO ('{bounds[1]}')"
    )
    database.execute(ROWS)
    return str(year_ago)


def refuse_a_full_disk(shop: OtherProject, partition: str) -> None:
    """Limit the size of files, as a full disk does, and require that no file remains."""
    archive = shlex.join(shop.programs.command("monps-db", "partitions", "archive"))
    for size in (0, 4, 16):
        full = shop.programs.shell(f"ulimit -f {size}; exec {archive} {partition} archive")
        assert (full.code, full.err.count("\n")) == (6, 1), full.text
        assert "archive cannot be written: File too large" in full.err
        assert [*(shop.folder / "archive").iterdir()] == []


def test_an_old_partition_is_archived_and_restored_as_it_was(
    shop: OtherProject, database: Database
) -> None:
    year_ago = partition_of_a_year_ago(database)
    assert shop.monps_db("partitions", "ensure").code == 0
    before = database.query("SELECT one::text FROM shop.history AS one ORDER BY id")
    archive = shop.folder / "archive"
    archive.mkdir()
    assert "detach it first" in shop.monps_db("partitions", "archive", year_ago, "archive").text
    assert shop.monps_db("partitions", "archive", year_ago, "nowhere").code == 6
    # The command gives up while a reader is active, and the next call finishes what was begun.
    with closing(database.connect()) as reader, reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shop.history")
        refused = shop.monps_db("partitions", "detach", "--wait", "100ms")
        assert refused.code == 6
        assert "run it again" in refused.text
    detached = shop.monps_db("partitions", "detach").succeeded()
    assert f'"shop"."{year_ago}"' in detached.out
    refuse_a_full_disk(shop, year_ago)
    shop.monps_db("partitions", "archive", year_ago, "archive").succeeded()
    manifest = archive / f"shop.{year_ago}.json"
    assert json.loads(manifest.read_text("utf-8"))["rows"] == 501
    assert sorted(path.suffix for path in archive.iterdir()) == [".json", ".parquet"]
    assert shop.monps_db("check").code == 1  # The table was not dropped.
    assert "unexpected" in shop.monps_db("check").out
    refuse_what_is_not_whole(shop, manifest)
    database.execute(f"DROP TABLE shop.{year_ago}")
    shop.monps_db("partitions", "restore", str(manifest)).succeeded()
    assert database.query("SELECT one::text FROM shop.history AS one ORDER BY id") == before


def refuse_what_is_not_whole(shop: OtherProject, manifest: Path) -> None:
    taken = shop.monps_db("partitions", "restore", str(manifest))
    assert taken.code == 6
    assert "exists" in taken.text
    file = manifest.with_suffix(".parquet")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert (
        "is not the file that was archived"
        in shop.monps_db("partitions", "restore", str(manifest)).text
    )
    file.write_bytes(whole)


def test_what_is_declared_has_to_be_there(make_shop: Make) -> None:
    project = make_shop()
    assert project.monps_db("partitions", "ensure").code == 2
    project.configure(
        metadata='"models:Base.metadata"',
        script_location='"alembic"',
        managed_schemas='["shop"]',
        partitions='{ "shop.customer" = "month" }',
    )
    project.alembic("upgrade", "head")
    refused = project.monps_db("partitions", "ensure")
    assert refused.code == 2
    assert "shop.customer is not a partitioned table" in refused.text
    project.configure(
        metadata='"models:Base.metadata"', partitions='{ "shop.customer" = "hourly" }'
    )
    assert "should be the name of a table and text such as" in project.monps_db("check").text


PARTMAN = (
    "CREATE SCHEMA partman",
    "CREATE EXTENSION pg_partman SCHEMA partman",
    "SELECT partman.create_parent('shop.history', 'at', 'native', 'monthly', p_premake => 2)",
)


@pytest.mark.majors(15)
def test_what_pg_partman_makes_is_no_drift(servers: Servers, tmp_path: Path) -> None:
    with create_database(servers.get(15)) as database:
        available = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_partman'"
        if database.query(available) == [(0,)]:
            pytest.skip("no pg_partman (Debian: postgresql-15-partman)")
        shop = partitioned(make_project(tmp_path, database))
        with closing(database.connect_superuser()) as connection, connection.cursor() as cursor:
            for statement in PARTMAN:
                cursor.execute(statement)
            cursor.execute("SELECT partman.run_maintenance('shop.history')")
            connection.commit()
        assert len(attached(database)) > 3
        checked = shop.monps_db("check")
        assert "partition-" not in checked.out, checked.text
        assert "table-unexpected" not in checked.out, checked.text
