"""A wheel of a project may lack script.py.mako, from which Alembic makes revisions."""

from pathlib import Path

from schemaproof.history.revision_request import RevisionOptions
from schemaproof.history.write_revision import write_empty
from schemaproof_testing import written
from schemaproof_testing.servers import Database


def test_without_a_template_a_revision_is_made_of_alembics_own(
    folder: Path, database: Database
) -> None:
    made = written.make(folder, database)
    template = folder / "alembic" / "script.py.mako"
    template.unlink()
    made.models("Table('thing', Base.metadata, Column('id', Integer, primary_key=True))")
    [first] = made.write().files
    assert "create_table('thing'" in first.read_text()
    second = write_empty(made.project, RevisionOptions(message="x"))
    assert "from alembic import op" in second.read_text()
    assert not template.exists(), "nothing else is left in the project"
