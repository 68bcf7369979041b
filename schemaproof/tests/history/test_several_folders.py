"""``revision`` where the history is in several folders (``version_locations``)."""

from pathlib import Path

import pytest

from schemaproof.errors import ConfigurationError
from schemaproof.history.revision_request import RevisionOptions
from schemaproof.history.write_revision import write_empty
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

TABLE = """
class Thing(Base):
    __tablename__ = "thing"
    id = Column(Integer, primary_key=True)
    {parts}
"""
FOLDERS = ("alembic/versions", "alembic/second")


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    """A project without a revision, and with two folders for them."""
    made = written.make(folder, database)
    folders = "\n  ".join(f"%(here)s/{one}" for one in FOLDERS)
    made.files.write(
        "alembic.ini",
        "[alembic]\nscript_location = %(here)s/alembic\n"
        f"version_locations =\n  {folders}\npath_separator = newline\n",
    )
    (folder / "alembic" / "second").mkdir()
    return made


def _folders(paths: tuple[Path, ...]) -> set[str]:
    return {path.parent.name for path in paths}


@pytest.mark.parametrize("name", ["versions", "second"])
def test_every_revision_of_a_chain_is_in_the_folder_that_is_asked_for(
    project: WrittenProject, folder: Path, name: str
) -> None:
    place = str(folder / "alembic" / name)
    project.models(TABLE.format(parts="old = Column(Integer)"))
    first = project.write(version_path=place)
    project.models(TABLE.format(parts="old = Column(Integer, index=True, nullable=False)"))
    chain = project.write(version_path=place)
    assert len(chain.files) > 1
    assert _folders((*first.files, *chain.files)) == {name}
    assert project.write().files == ()


def test_without_a_folder_it_is_that_of_the_revision_before(
    project: WrittenProject, folder: Path
) -> None:
    project.models(TABLE.format(parts="old = Column(Integer)"))
    project.write(version_path=str(folder / "alembic" / "second"))
    project.models(TABLE.format(parts="old = Column(Integer, index=True)"))
    assert _folders(project.write().files) == {"second"}


def test_the_first_revision_needs_a_folder(project: WrittenProject) -> None:
    project.models(TABLE.format(parts="old = Column(Integer)"))
    with pytest.raises(ConfigurationError, match="--version-path"):
        project.write()
    assert [*project.project.script_location.glob("*/*.py")] == []


def test_an_empty_revision_is_in_the_folder_that_is_asked_for(
    project: WrittenProject, folder: Path
) -> None:
    options = RevisionOptions(message="m", version_path=str(folder / "alembic" / "second"))
    assert write_empty(project.project, options).parent.name == "second"
