"""A new NOT NULL column: the revision fails until somebody writes the value for existing rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemaproof.connection.raw_sql import rows
from schemaproof.errors import HistoryError
from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.lint import backfills
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

TABLE = "Table('customer', Base.metadata, Column('id', Integer, primary_key=True){parts})\n"
ROWS = 20_000


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("UPDATE t SET a = NULL WHERE a IS NULL", ("a",)),
        ("UPDATE t SET a = NULL::text WHERE id < 5 AND t.a IS NULL", ("a",)),
        ("DO $$ BEGIN LOOP UPDATE t SET a = NULL WHERE a IS NULL; END LOOP; END $$", ("a",)),
        ("DO $$ BEGIN UPDATE t SET a = '' WHERE a IS NULL; END $$", ()),
        ("UPDATE t SET a = NULL WHERE b IS NULL", ()),
        ("UPDATE t SET a = DEFAULT WHERE a IS NULL", ()),
        ("DO LANGUAGE plpython3u $$ pass $$", ()),
        ("NOT SQL", ()),
    ],
)
def test_null_in_place_of_null_is_no_value(sql: str, columns: tuple[str, ...]) -> None:
    assert backfills.unfilled(sql) == columns


@pytest.mark.slow
def test_rows_get_what_the_reader_has_said(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    project.models(TABLE.format(parts=""))
    [first] = project.write().snapshots
    project.models(TABLE.format(parts=", Column('note', Text, nullable=False)"))
    made = project.write()
    assert made.notes == (
        "public.customer.note: write into the revision which value existing rows get",
    )
    [file] = [one for one in made.files if "UPDATE" in one.read_text("utf-8")]
    [finding] = project.lint(made)
    assert f"{file.name}:" in finding
    assert "backfill-unfilled: no value is given for existing rows in note" in finding
    with pytest.raises(HistoryError, match="are to be filled, although they just were"):
        _upgraded(project, first.stem)
    text = file.read_text("utf-8").replace("note = NULL", "note = 'n' || id")
    file.write_text(text, "utf-8")
    project.record()
    assert project.lint(made) == []
    assert _upgraded(project, first.stem) == [{"count": ROWS, "min": "n1", "max": "n9999"}]


def _upgraded(project: WrittenProject, first: str) -> list[dict[str, object]]:
    """Upgrade a database with rows, and return the rows."""
    with ProjectProbe(project.project) as probe, scratch.project_scratch(project.project) as there:
        probe.upgrade(there, first)
        rows(there.connection, f"INSERT INTO customer SELECT generate_series(1, {ROWS})")
        there.connection.commit()
        probe.upgrade(there, "heads")
        return rows(there.connection, "SELECT count(note), min(note), max(note) FROM customer")
