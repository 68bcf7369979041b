"""A revision may use a temporary SQLite file to move data out of the database."""

from pathlib import Path

import pytest

from schemaproof.probe.client import RefusedError
from schemaproof_testing import probed
from schemaproof_testing.probed import Probed, columns, place
from schemaproof_testing.servers import Database

CREATOR = "create_engine('sqlite://', creator=lambda: sqlite3.connect('{}'))"


def upgrade(folder: Path, database: Database, engine: str) -> None:
    project = Probed(folder, probed.SYNC).make()
    imports = "import sqlite3, tempfile; from sqlalchemy import create_engine"
    project.revision("a3", "a2", f"{imports}; {engine}.connect().close()")
    with project.probe() as probe:
        probe.ask("upgrade", place=place(database), revision="a3")


@pytest.mark.parametrize(
    "engine",
    [
        "create_engine('sqlite://')",
        "create_engine('sqlite:///' + tempfile.mkdtemp() + '/moved')",
        CREATOR.format(":memory:"),
    ],
)
def test_a_temporary_file_is_opened(folder: Path, database: Database, engine: str) -> None:
    upgrade(folder, database, engine)
    assert "name" in columns(database)


@pytest.mark.parametrize(
    "engine", ["create_engine('sqlite:////usr/live.db')", CREATOR.format("/usr/live.db")]
)
def test_another_file_is_not(folder: Path, database: Database, engine: str) -> None:
    with pytest.raises(RefusedError) as refused:
        upgrade(folder, database, engine)
    assert refused.value.kind == "elsewhere"
