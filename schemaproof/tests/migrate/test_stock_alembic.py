"""Alembic without schemaproof applies and undoes every kind of written revision."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from schemaproof.catalog.catalog import read_snapshot, reading
from schemaproof.compare import compare
from schemaproof.history import snapshot_file
from schemaproof.history.changes import in_lines
from schemaproof_testing import written
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

ENV: Final = """
import os
import sys

sys.modules["schemaproof"] = None  # whoever imports it fails

from alembic import context
from sqlalchemy import create_engine
from models import Base

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata,
        transaction_per_migration={})
    with context.begin_transaction():
        context.run_migrations()
"""
ID: Final = "Column('id', Integer, primary_key=True)"
PARTITION: Final = "CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (1000)"
PARTITIONS: Final = "event.listen(Base.metadata.tables['{}'], 'after_create', DDL({!r}))\n"
BY_ID: Final = ", postgresql_partition_by='RANGE (id)'"
BEFORE: Final = f"""
Table('customer', Base.metadata, {ID}, Column('w', Text, nullable=False), Index('ix_w', 'w'))
Table('place', Base.metadata, {ID}, Column('name', Text))
Table('mood', Base.metadata, {ID}, Column('kind', Enum('a', 'b', name='kind'), server_default='a'),
    Index('ix_kind', 'id', postgresql_where=text("kind = 'a'")))
Table('item', Base.metadata, {ID}, Column('n', Integer), Index('ix_n', 'n'))
Table('part', Base.metadata, {ID}, Column('n', Integer){BY_ID})
Table('wide', Base.metadata, {ID}, Column('n', Integer, index=True))
{PARTITIONS.format("part", PARTITION)}"""
AFTER: Final = BEFORE.replace("'w', Text", "'v', Text").replace(
    "Index('ix_w', 'w')", "Index('ix_w', 'v')"
).replace("'place'", "'site'").replace("'a', 'b', name", "'c', 'a', name").replace(
    "Index('ix_n', 'n'))", f"Index('ix_n', 'n'){BY_ID})"
).replace(
    "Column('n', Integer), postgresql", "Column('n', Integer, index=True), postgresql"
).replace(
    "Column('n', Integer, index=True))",
    "Column('n', BigInteger, index=True),"
    " Column('u', Uuid, server_default=text('gen_random_uuid()'), nullable=False))",
) + PARTITIONS.format("item", PARTITION.replace("part", "item"))
TABLES: Final = ("customer", "place", "mood", "item", "part", "wide")


@pytest.mark.parametrize("is_each", [True, False], ids=["a transaction each", "one for all"])
def test_alembic_alone_applies_and_undoes_them(
    folder: Path, database: Database, *, is_each: bool
) -> None:
    project = written.make(folder, database)
    project.models(BEFORE)
    [first] = project.write(rev_id="first").files
    made_by_hand = f"    op.execute({PARTITION!r})\n\n\ndef downgrade"
    first.write_text(first.read_text("utf-8").replace("\n\ndef downgrade", made_by_hand), "utf-8")
    project.record()
    project.models(AFTER)
    made = project.write(rename=("customer.w=v", "place=site"), online=True)
    assert (made.unwritten, made.left) == ((), ())
    project.files.write("alembic/env.py", ENV.format(is_each))
    last = made.snapshots[-1].stem
    _alembic(project, database, "upgrade", "first")
    for table in TABLES:
        columns = {"customer": "id, w", "place": "id, name"}.get(table, "id")
        values = "n, 'word'" if "," in columns else "n"
        database.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM generate_series(1, 99) n"
        )
    rows = _counts(database)
    for command, to in (("upgrade", last), ("downgrade", "first"), ("upgrade", last)):
        _alembic(project, database, command, to)
        assert _differences(project, database, to) == []
        assert _counts(database) == rows


def _counts(database: Database) -> dict[str, int]:
    [[site]] = database.query("SELECT to_regclass('site')")
    names = {**dict(zip(TABLES, TABLES, strict=True)), "place": site or "place"}
    return {
        table: database.query(f"SELECT count(*) FROM {name}")[0][0] for table, name in names.items()
    }


def _alembic(project: WrittenProject, database: Database, *arguments: str) -> None:
    url = database.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=project.files.folder,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _differences(project: WrittenProject, database: Database, revision: str) -> list[str]:
    recorded = snapshot_file.read(project.project.snapshot_folder, revision)
    assert recorded is not None
    with unpooled_engine(database) as engine, engine.connect() as connection, reading(connection):
        found = read_snapshot(connection, project.project.scratch_scope())
    return [*in_lines(compare(recorded.snapshot, found).differences)]
