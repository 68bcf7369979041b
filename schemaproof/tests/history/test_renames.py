"""A renamed column or table: declared by an option or asked for, never guessed."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from schemaproof.connection.raw_sql import rows
from schemaproof.errors import ConfigurationError
from schemaproof.history import renames, scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.schema.database_objects import Column, Relation, Schema, Snapshot
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.terminal import open_terminal
from schemaproof_testing.written import WrittenProject

OLD: Final = """
Table('customer', Base.metadata, Column('id', Integer, primary_key=True),
    Column('tier', Text, nullable=False), Index('ix_tier', 'tier'))
Table('other', Base.metadata, Column('id', Integer, primary_key=True),
    Column('customer', Integer, ForeignKey('customer.id')))
"""
LEVEL: Final = OLD.replace("tier", "level").replace("ix_level", "ix_tier")
NEW: Final = LEVEL.replace("Table('customer'", "Table('client'").replace("customer.id", "client.id")
BEFORE: Final = Snapshot(
    (
        Schema(
            name="public",
            relations=(
                Relation(
                    name="customer",
                    kind="table",
                    columns=(Column(name="tier", position=1, type="text"),),
                ),
            ),
        ),
    )
)


@pytest.mark.parametrize(
    ("given", "renamed"),
    [
        (["public.customer=client"], ["public.customer=client"]),
        (["customer.tier=level"], ["public.customer.tier=level"]),
        (["customer.tier=public.customer.level"], ["public.customer.tier=level"]),
        (
            ["customer=client", "customer.tier=level"],
            ["public.customer=client", "public.client.tier=level"],
        ),
        (
            ["customer=client", "client.tier=order"],
            ["public.customer=client", 'public.client.tier="order"'],
        ),
        (["customer.tier=level", "customer.level=grade"], None),
    ],
)
def test_names_are_found_with_and_without_their_schema(
    given: list[str], renamed: list[str] | None
) -> None:
    found = renames.given(given, BEFORE)
    if renamed is not None:
        assert [one.text for one in found] == renamed


@pytest.mark.parametrize("given", ["tier", "customer.tier=", "=level", "nobody=x", "customer.no=x"])
def test_what_is_not_there_has_no_other_name(given: str) -> None:
    with pytest.raises(ConfigurationError, match=f"--rename {given}"):
        renames.given([given], BEFORE)


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    made = written.make(folder, database)
    made.models(OLD)
    made.write(rev_id="first")
    return made


@pytest.mark.slow
def test_rows_stay_under_the_new_names(project: WrittenProject) -> None:
    project.models(NEW)
    made = project.write(rename=("customer=client", "customer.tier=level"))
    assert (made.unwritten, made.left, made.notes) == ((), (), ())
    assert project.lint(made) == []
    text = "".join(file.read_text("utf-8") for file in made.files)
    assert "drop" not in text
    with ProjectProbe(project.project) as probe, scratch.project_scratch(project.project) as there:
        probe.upgrade(there, "first")
        rows(there.connection, "INSERT INTO customer (tier) VALUES ('gold')")
        there.connection.commit()
        probe.upgrade(there, "heads")
        assert rows(there.connection, "SELECT level FROM client") == [{"level": "gold"}]
        there.connection.rollback()
        probe.downgrade(there, "first")
        assert rows(there.connection, "SELECT tier FROM customer") == [{"tier": "gold"}]


@pytest.mark.slow
def test_what_is_asked_for_is_shown_as_renamed(project: WrittenProject) -> None:
    project.models(LEVEL)
    made = project.write(rename=("customer.tier=level",))
    assert [str(one.code) for one in made.changes] == ["column-renamed"]


@pytest.mark.slow
def test_without_a_word_it_is_dropped_and_made_with_a_warning(project: WrittenProject) -> None:
    project.models(LEVEL)
    made = project.write()
    assert made.notes[0] == (
        "public.customer.level: if this is public.customer.tier under a new name:"
        " --rename public.customer.tier=level"
    )
    assert (made.unwritten, made.left) == ((), ())
    assert sorted(str(one.code) for one in made.changes) == ["column-missing", "column-unexpected"]
    assert "op.drop_column('customer', 'tier')" in made.files[-1].read_text("utf-8")


def _on_terminal(
    project: WrittenProject, database: Database, *answers: str | None
) -> tuple[int, str]:
    """Run ``revision`` on a terminal with these answers; None is Ctrl-C."""
    (project.project.root / "pyproject.toml").write_text(
        '[tool.schemaproof]\nmetadata = "models:Base.metadata"\nscript-location = "alembic"\n',
        "utf-8",
    )
    url = database.superuser_url.render_as_string(hide_password=False)
    controller, terminal = open_terminal(120)
    process = subprocess.Popen(
        [Path(sys.executable).with_name("schemaproof"), "revision", "-m", "asked"],
        cwd=project.project.root,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", "SCHEMAPROOF_SCRATCH_URL": url},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    seen, waiting = b"", list(answers)
    # Linux raises this error when the last process has closed the terminal.
    with suppress(OSError):
        while piece := os.read(controller, 4096):
            seen += piece
            if waiting and seen.endswith(b"[y/N]: "):
                answer = waiting.pop(0)
                if answer is None:
                    process.send_signal(signal.SIGINT)
                else:
                    os.write(controller, f"{answer}\n".encode())
    os.close(controller)
    return process.wait(timeout=60), seen.decode()


@pytest.mark.slow
def test_a_terminal_asks(project: WrittenProject, database: Database) -> None:
    project.models(LEVEL)
    code, seen = _on_terminal(project, database, "y")
    assert code == 0, seen
    assert "renamed from `tier`?" in seen
    [file] = (project.project.root / "alembic" / "versions").glob("*_asked.py")
    assert "RENAME COLUMN tier TO level" in file.read_text("utf-8")


@pytest.mark.slow
def test_nothing_is_written_when_the_question_is_interrupted(
    project: WrittenProject, database: Database
) -> None:
    project.models(LEVEL)
    before = sorted(project.project.root.rglob("*.py"))
    code, seen = _on_terminal(project, database, None)
    assert code == 130, seen
    assert "Traceback" not in seen
    assert sorted(project.project.root.rglob("*.py")) == before
    assert not list((project.project.root / "alembic").rglob("*asked*"))


@pytest.mark.slow
def test_where_models_and_history_differ_already_a_terminal_asks_object_by_object(
    project: WrittenProject, database: Database
) -> None:
    more = "Table('{0}', Base.metadata, Column('id', Integer, primary_key=True))\n"
    project.models(OLD + more.format("one") + more.format("two"))
    project.write(only=("public.one",))
    project.models(OLD + more.format("one") + more.format("two") + more.format("three"))
    code, seen = _on_terminal(project, database, "n", "y")
    assert code == 0, seen
    [file] = (project.project.root / "alembic" / "versions").glob("*_asked.py")
    assert "op.create_table('two'" in file.read_text("utf-8")
    assert "three" not in file.read_text("utf-8")
    assert "not changed, although the models ask for it" in seen
