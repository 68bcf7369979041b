"""An env.py that works inside a Flask application and without one."""

from pathlib import Path

import pytest

from schemaproof.probe.client import RefusedError
from schemaproof_testing import probed
from schemaproof_testing.probed import Probed, columns, place
from schemaproof_testing.servers import Database

OPTIONAL = """
try:
    from flask import current_app
    name = current_app.name
except RuntimeError:
    name = None
"""
REQUIRED = "from flask import current_app\nname = current_app.name\n"


def test_there_need_not_be_one(folder: Path, database: Database) -> None:
    project = Probed(folder, OPTIONAL + probed.SYNC).make()
    with project.probe() as probe:
        probe.ask("upgrade", place=place(database), revision="heads")
        assert probe.ask("fingerprint")
    assert columns(database) == ["id", "name", "pk_customer"]


def test_one_that_is_needed_is_asked_for(folder: Path, database: Database) -> None:
    project = Probed(folder, REQUIRED + probed.SYNC).make()
    with project.probe() as probe, pytest.raises(RefusedError) as refused:
        probe.ask("upgrade", place=place(database), revision="heads")
    assert "Could not locate a Flask application" in refused.value.message
