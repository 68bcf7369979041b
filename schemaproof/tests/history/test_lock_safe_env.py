"""With ``lock_safe`` in env.py, ``alembic revision --autogenerate`` writes lock-safe revisions."""

from pathlib import Path

import pytest

from schemaproof_testing.other_project import OtherProject, make_project
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


def test_it_is_said_where_all_revisions_share_a_transaction(
    folder: Path, database: Database
) -> None:
    project = make_project(folder, database, imports=("import models",), target="models.metadata")
    project.configure(metadata='"models:metadata"', script_location='"alembic"')
    project.write("models.py", MODELS.format(more=""))
    url = database.url.render_as_string(hide_password=False)
    revision = ("schemaproof", "revision", "-m")
    project.programs.run(*revision, "first", DATABASE_URL=url).succeeded()
    project.write("models.py", MODELS.format(more=', sa.Column("size", sa.Integer, index=True)'))
    written = project.programs.run(*revision, "more", DATABASE_URL=url).succeeded()
    assert "set transaction_per_migration=True" in written.text


def _texts(project: OtherProject) -> list[str]:
    return [file.read_text("utf-8") for file in project.versions.glob("*.py")]
