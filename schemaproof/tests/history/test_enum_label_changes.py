"""Labels of enum types are added, renamed, moved and dropped, wherever the type is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from schemaproof.connection.raw_sql import rows
from schemaproof.errors import HistoryError
from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import Scratch
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

MODELS: Final = """
kind = Enum({labels}, name='kind', metadata=Base.metadata)
Table('one', Base.metadata, Column('id', Integer, primary_key=True),
    Column('k', kind, server_default='{first}', nullable=False), Column('many', pg.ARRAY(kind)),
    CheckConstraint("k <> 'c'", name='ck'), Index('ix', 'k', postgresql_where=text("k > 'a'")))
Table('two', Base.metadata, Column('id', Integer, primary_key=True), Column('k', kind))
"""


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    made = written.make(folder, database)
    made.models(MODELS.format(labels="'a', 'b', 'c'", first="a"))
    made.write(rev_id="first")
    return made


def test_a_label_goes_where_no_row_has_it(project: WrittenProject) -> None:
    project.models(MODELS.format(labels="'a', 'c'", first="a"))
    made = project.write()
    assert (made.unwritten, made.left) == ((), ())
    assert all("it is refused where rows have a label that goes" in note for note in made.notes)
    assert [one.is_contract for one in project.linted(made)] == [True]
    assert (project.lint(made), project.write().files) == ([], ())
    with (
        ProjectProbe(project.project) as probe,
        scratch.project_scratch(project.project) as there,
    ):
        for sql, place in (
            ("INSERT INTO two VALUES (1, 'b'), (2, 'b') RETURNING 1", "public.two.k"),
            ("INSERT INTO one VALUES (1, 'a', '{a,b}') RETURNING 1", "public.one.many"),
        ):
            probe.upgrade(there, "first")
            _run(there, sql)
            with pytest.raises(
                HistoryError, match=rf"rows of {place} have a label that goes \(b\)"
            ):
                probe.upgrade(there, "heads")
            _run(there, "DELETE FROM one RETURNING 1")
            _run(there, "DELETE FROM two RETURNING 1")
        _run(there, "INSERT INTO one (id, many) VALUES (1, '{c,a}') RETURNING 1")
        probe.upgrade(there, "heads")
        assert _run(there, "SELECT k::text, many::text FROM one") == [{"k": "a", "many": "{c,a}"}]
        probe.downgrade(there, "first")
        assert _run(there, "SELECT k::text, many::text FROM one") == [{"k": "a", "many": "{c,a}"}]


def test_a_label_gets_another_name_and_rows_keep_it(project: WrittenProject) -> None:
    project.models(MODELS.format(labels="'z', 'b', 'c'", first="z").replace("> 'a'", "> 'z'"))
    made = project.write(rename=("public.kind.a=z",))
    assert (made.unwritten, made.left, made.notes) == ((), (), ())
    [text] = [file.read_text("utf-8") for file in made.files]
    assert "ALTER TYPE public.kind RENAME VALUE 'a' TO 'z'" in text
    assert (project.lint(made), project.write().files) == ([], ())


def test_a_label_comes_before_what_uses_it(project: WrittenProject) -> None:
    project.models(MODELS.format(labels="'a', 'b', 'd', 'c'", first="d"))
    made = project.write()
    assert (made.unwritten, made.left, made.notes) == ((), (), ())
    first, second = (file.read_text("utf-8").partition("def downgrade")[0] for file in made.files)
    assert "ADD VALUE 'd' BEFORE 'c'" in first or "ADD VALUE 'd' AFTER 'b'" in first
    assert "'d'" in second
    assert (project.lint(made), project.write().files) == ([], ())


def test_what_else_stands_on_the_type_is_taken_along_or_said(project: WrittenProject) -> None:
    """Domains and views are of the database, not of the models."""
    more = (
        "CREATE DOMAIN narrow AS kind CHECK (VALUE <> 'c')",
        "CREATE TABLE three (id integer PRIMARY KEY, n narrow)",
        "CREATE VIEW seen AS SELECT k FROM two",
    )
    listens = f"for sql in {more!r}:\n    event.listen(Base.metadata, 'after_create', DDL(sql))\n"
    [file] = (project.project.root / "alembic" / "versions").glob("first*.py")
    text = file.read_text("utf-8")
    made_here = "".join(f"    op.execute({sql!r})\n" for sql in more)
    file.write_text(text.replace("\n\ndef downgrade", made_here + "\n\ndef downgrade"), "utf-8")
    project.record()
    project.models(MODELS.format(labels="'a', 'c'", first="a") + listens)
    made = project.write()
    assert (made.unwritten, made.left) == ((), ())
    assert project.write().files == ()


def _run(there: Scratch, sql: str) -> list[dict[str, Any]]:
    found = rows(there.connection, sql)
    there.connection.commit()
    return found
