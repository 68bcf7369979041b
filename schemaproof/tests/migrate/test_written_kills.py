"""Kill a migrator at any statement of written revisions: the next run completes them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing.fork_server import ForkServer
from schemaproof_testing.servers import Database
from schemaproof_testing.written_kills import WrittenChange, prepared

pytestmark = pytest.mark.slow

ID: Final = "Column('id', Integer, primary_key=True)"
ITEM: Final = f"Table('item', Base.metadata, {ID}, Column('n', Integer), Column('w', Text){{}})\n"
OTHER: Final = f"Table('other', Base.metadata, {ID})\n"
BOUNDS: Final = (
    "CREATE TABLE item_1 PARTITION OF item FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE item_2 PARTITION OF item FOR VALUES FROM (10) TO (100)",
)
PARTITIONS: Final = (
    f"for sql in {BOUNDS!r}:\n"
    "    event.listen(Base.metadata.tables['item'], 'after_create', DDL(sql))\n"
)
PARTITIONED: Final = ITEM.format("{}, postgresql_partition_by='RANGE (id)'") + PARTITIONS
KIND: Final = ITEM.format(", Column('kind', Enum({}, name='kind'), server_default='a')")
KINDS: Final = (
    f"Table('kinds', Base.metadata, {ID}, Column('kind', Enum({{}}, name='kind')),"
    " Index('kx', 'id', postgresql_where=text(\"kind = 'a'\")))\n"
)
OTHER_ROWS: Final = "; INSERT INTO other SELECT generate_series(1, 20)"
USUAL: Final = WrittenChange("", "").rows


def _changed(before: str, after: str, **more: object) -> WrittenChange:
    return WrittenChange(ITEM.format(before), ITEM.format(after), **more)  # type: ignore[arg-type]


CHANGES: Final = {
    "index added and dropped": _changed(", Index('old', 'n')", ", Index('new', 'w')"),
    "index changed": _changed(", Index('ix', 'n')", ", Index('ix', 'n', 'w')"),
    "unique added": _changed("", ", UniqueConstraint('n', name='uq')"),
    "primary key added": WrittenChange(
        ITEM.format("").replace("primary_key=True", "nullable=False"), ITEM.format("")
    ),
    "foreign key and check added": WrittenChange(
        OTHER + ITEM.format(""),
        OTHER
        + ITEM.format(", ForeignKeyConstraint(['n'], ['other.id']), CheckConstraint('n > 0')"),
        USUAL + OTHER_ROWS,
    ),
    "column becomes NOT NULL": WrittenChange(
        ITEM.format(""), ITEM.format("").replace("'n', Integer", "'n', Integer, nullable=False")
    ),
    "column without a default": _changed(
        "", ", Column('more', Integer, nullable=False)", filled="n + 1"
    ),
    "column with a volatile default": _changed(
        "", ", Column('u', Uuid, server_default=text('gen_random_uuid()'))"
    ),
    "type that is rewritten": WrittenChange(
        ITEM.format(", Index('ix', 'n'), CheckConstraint('n > 0', name='ck')"),
        ITEM.format(", Index('ix', 'n'), CheckConstraint('n > 0', name='ck')").replace(
            "'n', Integer", "'n', BigInteger"
        ),
    ),
    "type of the primary key": WrittenChange(
        ITEM.format(""), ITEM.format("").replace("'id', Integer", "'id', BigInteger")
    ),
    "column renamed": WrittenChange(
        ITEM.format(""), ITEM.format("").replace("'w'", "'v'"), options={"rename": ("item.w=v",)}
    ),
    "column renamed online": WrittenChange(
        ITEM.format(", Index('ix', 'w')"),
        ITEM.format(", Index('ix', 'w')").replace("'w'", "'v'"),
        options={"rename": ("item.w=v",), "online": True},
    ),
    "column of a partitioned table renamed online": WrittenChange(
        PARTITIONED.format(", Index('ix', 'w')"),
        PARTITIONED.format(", Index('ix', 'w')").replace("'w'", "'v'"),
        options={"rename": ("item.w=v",), "online": True},
        by_hand=BOUNDS,
    ),
    "table renamed online": WrittenChange(
        ITEM.format(""),
        ITEM.format("").replace("'item'", "'thing'"),
        kept="SELECT count(*) FROM pg_class WHERE relname = 'alembic_version'",
        options={"rename": ("item=thing",), "online": True},
    ),
    "label added": WrittenChange(KIND.format("'a', 'b'"), KIND.format("'a', 'x', 'b'")),
    "label removed": WrittenChange(
        KIND.format("'a', 'b'").replace(
            "server_default='a')", "server_default='a'), Index('k', 'kind')"
        ),
        KIND.format("'a', 'c'").replace(
            "server_default='a')", "server_default='a'), Index('k', 'kind')"
        ),
    ),
    "label of two tables removed": WrittenChange(
        KIND.format("'a', 'b'") + KINDS.format("'a', 'b'"),
        KIND.format("'a'") + KINDS.format("'a'"),
        USUAL + "; INSERT INTO kinds SELECT id, 'a' FROM item",
    ),
    "index and key of a partitioned table": WrittenChange(
        OTHER + PARTITIONED.format(""),
        OTHER
        + PARTITIONED.format(
            ", Index('ix', 'n'), UniqueConstraint('id', 'n', name='uq'),"
            " ForeignKeyConstraint(['n'], ['other.id'], name='fk')"
        ),
        USUAL + OTHER_ROWS,
        by_hand=BOUNDS,
    ),
    "column with a volatile default dropped": _changed(
        ", Column('u', Uuid, server_default=text('gen_random_uuid()'), nullable=False)", ""
    ),
    "column and table dropped": WrittenChange(
        OTHER + ITEM.format(", Column('gone', Integer, nullable=False, server_default='1')"),
        ITEM.format(""),
        "INSERT INTO item (id, n) SELECT id, id FROM generate_series(1, 20) AS id",
    ),
    "table partitioned": WrittenChange(
        ITEM.format(", Index('ix', 'n')"), PARTITIONED.format(", Index('ix', 'n')")
    ),
}


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    with ForkServer("--other") as server:
        yield server


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_run_after_a_kill_finishes_what_was_begun(
    folder: Path, database: Database, forks: ForkServer, change: WrittenChange
) -> None:
    """Catalogs, rows and revision equal those of a run without a kill, up and down."""
    kills, broken = prepared(folder, database, forks, change).faults(database)
    assert broken == []
    assert kills > 4
