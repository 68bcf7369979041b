"""Record revisions that succeed only when all run in one process, or only one per process."""

from pathlib import Path

import pytest

from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.servers import Database

MADE_TWICE = """
kind = sa.Enum("small", "large", name="kind")
op.create_table({name!r}, sa.Column("id", sa.Integer(), primary_key=True), sa.Column("kind", kind))
"""
MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
kind = sa.Enum("small", "large", name="kind")
for name in ("box", "parcel"):
    sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("kind", kind))
"""


@pytest.fixture
def project(folder: Path, database: Database) -> OtherProject:
    return make_project(folder, database, imports=("import models",), target="models.metadata")


def test_what_passes_in_one_run_alone_is_recorded_from_it_with_a_warning(
    project: OtherProject,
) -> None:
    """SQLAlchemy creates a type once per process, so two revisions can both create it."""
    project.configure(script_location='"alembic"')
    project.write("models.py", MODELS)
    project.revision("a1", None, MADE_TWICE.format(name="box"))
    project.revision("a2", "a1", MADE_TWICE.format(name="parcel"))
    project.revision("a3", "a2", 'op.create_index("ix_box_kind", "box", ["kind"])')
    recorded = project.monps_db("snapshot")
    assert recorded.out == "a1 recorded\na2 recorded\na3 recorded\n", recorded.text
    assert 'revision a2 fails in a scratch database: type "kind" already exists' in recorded.err
    assert "a database that stopped before it cannot be upgraded" in recorded.err
    project.alembic("upgrade", "head")
    outcome = project.monps_db("check")
    assert "index-unexpected public.box.ix_box_kind" in outcome.out
    assert outcome.out.endswith("missing revision: 1\n"), outcome.text


def test_what_fails_in_one_run_too_is_one_error(project: OtherProject) -> None:
    project.configure(script_location='"alembic"')
    project.write("models.py", MODELS)
    project.revision("a1", None, MADE_TWICE.format(name="box"))
    project.revision("a2", "a1", 'op.drop_table("nowhere")')
    outcome = project.monps_db("snapshot")
    assert outcome.code == 6
    assert 'revision a2 fails in a scratch database: table "nowhere" does not exist' in outcome.err
    assert not list(project.snapshots.glob("*"))


def test_modules_beside_alembic_ini_in_a_package_hide_no_others(project: OtherProject) -> None:
    """A module ``logging`` in the package must not hide the one of Python."""
    package = project.folder / "shop"
    package.mkdir()
    for name in ("alembic", "alembic.ini"):
        (project.folder / name).rename(package / name)
    project.write("shop/__init__.py", "")
    project.write("shop/logging.py", "raise RuntimeError('not for others')\n")
    project.write("models.py", MODELS)
    project.configure(script_location='"shop/alembic"', alembic_ini='"shop/alembic.ini"')
    text = 'revision = "a1"\ndown_revision = None\n\ndef upgrade():\n    pass\n'
    project.write("shop/alembic/versions/a1_.py", text)
    outcome = project.monps_db("snapshot")
    assert outcome.out == "a1 recorded\n", outcome.text


def test_what_a_revision_leaves_to_the_next_by_its_session_is_told(project: OtherProject) -> None:
    project.configure(script_location='"alembic"')
    project.write("models.py", MODELS)
    project.revision("a1", None, "op.execute('SET search_path TO pg_temp, public')")
    project.revision("a2", "a1", "op.execute('CREATE TABLE note ()')")
    recorded = project.monps_db("snapshot")
    assert recorded.code == 1, recorded.text
    assert "applied in one run, the revisions produce another schema:" in recorded.out
    assert "  - public.note" in recorded.out
