"""With ``lock_safe`` in env.py, ``alembic revision --autogenerate`` writes lock-safe revisions."""

from dataclasses import replace
from pathlib import Path

import pytest

from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("box", metadata, sa.Column("id", sa.Integer, primary_key=True){more})
"""


def test_alembic_alone_writes_and_runs_them(folder: Path, database: Database) -> None:
    project = make_project(
        folder,
        database,
        imports=("import models", "from schemaproof.alembic import lock_safe"),
        target="models.metadata",
        options={"process_revision_directives": "lock_safe", "transaction_per_migration": "True"},
    )
    project.write("models.py", MODELS.format(more=""))
    project.alembic("revision", "--autogenerate", "-m", "first")
    project.alembic("upgrade", "head")
    assert len(_texts(project)) == 1
    more = ', sa.Column("label", sa.Text, unique=True), sa.Column("size", sa.Integer, index=True)'
    project.write("models.py", MODELS.format(more=more))
    project.alembic("revision", "--autogenerate", "-m", "more")
    texts = "".join(_texts(project))
    for number in range(1, 5):
        assert f'"""more ({number}/4)' in texts
    assert "ADD CONSTRAINT box_label_key UNIQUE USING INDEX box_label_key" in texts
    assert "postgresql_concurrently=True, if_not_exists=True" in texts
    assert "import schemaproof" not in texts
    project.alembic("upgrade", "head")
    project.alembic("downgrade", "base")
    project.alembic("upgrade", "head")
    project.alembic("check")


def test_tables_that_one_transaction_locks_together_are_named(
    folder: Path, database: Database
) -> None:
    project = _in_one_transaction(folder, database)
    _write(project, "more", ', sa.Column("size", sa.Integer, index=True)')
    two = MODELS + MODELS.splitlines()[-1].replace("box", "lid")
    project.write("models.py", two.format(more=""))
    _revision(project, "another table")
    project.write("models.py", two.format(more=', sa.Column("weight", sa.Integer)'))
    assert "locked at the same time: public.box, public.lid (set transaction_per_migration=" in (
        _revision(project, "two tables")
    )


def test_a_table_is_scanned_after_earlier_locks_have_ended(
    folder: Path, database: Database
) -> None:
    """Although Alembic runs all revisions in one transaction, it commits before VALIDATE."""
    project = _in_one_transaction(folder, database)
    project.alembic("upgrade", "head")
    database.execute("INSERT INTO box VALUES (1)")
    _write(project, "checked", ', sa.CheckConstraint("id > 1", name="ck")')
    assert project.programs.run("alembic", "upgrade", "head").code != 0
    kept = "SELECT convalidated FROM pg_constraint WHERE conname = 'ck'"
    assert database.query(kept) == [(False,)]
    database.execute("UPDATE box SET id = 2")
    project.alembic("upgrade", "head")
    assert database.query(kept) == [(True,)]


def test_a_new_label_is_used_in_the_same_run(folder: Path, database: Database) -> None:
    project = _in_one_transaction(folder, database)
    kind = ', sa.Column("kind", sa.Enum({}, name="kind"), server_default="{}")'
    _write(project, "kind", kind.format("'a'", "a"))
    _write(project, "another", kind.format("'a', 'b'", "b"))
    project.alembic("upgrade", "head")
    database.execute("INSERT INTO box VALUES (1)")
    assert database.query("DELETE FROM box RETURNING kind") == [("b",)]
    project.alembic("downgrade", "base")


def _in_one_transaction(folder: Path, database: Database) -> OtherProject:
    """Make a project whose env.py is that of ``alembic init``, with a first revision."""
    project = make_project(folder, database, imports=("import models",), target="models.metadata")
    project.configure(metadata='"models:metadata"', script_location='"alembic"')
    url = database.url.render_as_string(hide_password=False)
    project = replace(project, programs=Programs(folder, {"DATABASE_URL": url}))
    _write(project, "first", "")
    return project


def _write(project: OtherProject, message: str, more: str) -> None:
    project.write("models.py", MODELS.format(more=more))
    assert "one transaction" not in _revision(project, message)


def _revision(project: OtherProject, message: str) -> str:
    return project.programs.run("schemaproof", "revision", "-m", message).succeeded().text


def _texts(project: OtherProject) -> list[str]:
    return [file.read_text("utf-8") for file in project.versions.glob("*.py")]
