"""Every revision on filled tables: up, down, up; only data that a revision declares is lost."""

from contextlib import closing
from itertools import pairwise

import pytest
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- as the class it is

from schemaproof.history.data_loss import downgrade_losses
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.catalogs import contents
from schemaproof_testing.generated_rows import ROWS, fill
from schemaproof_testing.project import Alembic, history, revisions
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

STEPS = list(pairwise(revisions()))


def recorded_snapshot(revision: str) -> Snapshot:
    recorded = history().snapshot_at(revision)
    assert recorded is not None
    return recorded


def rows(cursor: Cursor, snapshot: Snapshot) -> dict[str, list[tuple[object, ...]]]:
    """Return every row, with the columns of a snapshot."""
    found = {}
    for schema in snapshot.schemas:
        for table in schema.relations:
            columns = sql.SQL(", ").join(sql.Identifier(one.name) for one in table.columns)
            name = sql.Identifier(schema.name, table.name)
            cursor.execute(sql.SQL("SELECT {} FROM {}").format(columns, name))
            found[f"{schema.name}.{table.name}"] = sorted(cursor.fetchall(), key=repr)
    return found


def filled(database: Database, snapshot: Snapshot) -> dict[str, list[tuple[object, ...]]]:
    """Fill the empty tables, and return every row."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        fill(cursor, snapshot)
        connection.commit()
        return rows(cursor, snapshot)


def read(database: Database, snapshot: Snapshot) -> dict[str, list[tuple[object, ...]]]:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        return rows(cursor, snapshot)


@pytest.mark.parametrize(("below", "revision"), STEPS, ids=[step[1] for step in STEPS])
def test_on_filled_tables_only_what_is_said_is_lost(
    any_database: Database, below: str, revision: str
) -> None:
    alembic = Alembic(any_database)
    alembic.upgrade(below)
    before = filled(any_database, recorded_snapshot(below))
    alembic.upgrade(revision)
    assert read(any_database, recorded_snapshot(below)) == before
    up = contents(any_database)
    full = filled(any_database, recorded_snapshot(revision))
    assert all(len(some) == ROWS for some in full.values())
    alembic.downgrade(below)
    assert read(any_database, recorded_snapshot(below)) == before
    alembic.upgrade(revision)
    assert contents(any_database) == up
    again = read(any_database, recorded_snapshot(revision))
    lost = downgrade_losses(history(), revision)
    kept = {name for name in full if again[name] == full[name]}
    declared = {name for name in full if any(f"{one}.".startswith(f"{name}.") for one in lost)}
    assert kept == set(full) - declared


def test_the_revisions_that_make_tables_or_columns_are_said_to_lose_them() -> None:
    losing = {one for one in revisions() if downgrade_losses(history(), one)}
    assert losing == {"3d5a71c08e42", "8e94b0f2d617", "c1f6a83d9b05"}
    assert "public.odds" in downgrade_losses(history(), "8e94b0f2d617")
