"""A project without a setting for its models: its history and database are still compared."""

import json

import pytest

from schemaproof_testing.other_project import Make
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow


def test_history_and_database_are_compared_without_them(
    make_shop: Make, database: Database
) -> None:
    project = make_shop(target="None", imports=())
    project.configure(script_location='"alembic"', managed_schemas='["shop"]')
    recorded = project.monps_db("snapshot")
    assert (recorded.code, recorded.out) == (0, "first recorded\n"), recorded.text
    project.alembic("upgrade", "head")
    database.execute("ALTER TABLE shop.customer ADD COLUMN by_hand int")
    checked = project.monps_db("check", "--format", "json")
    found = {one["code"]: one for one in json.loads(checked.out)["findings"]}
    assert checked.code == 1
    assert set(found) == {"column-unexpected", "models-unverified"}
    assert "passes no target_metadata" in found["models-unverified"]["actual"]
    assert "name the models" in found["models-unverified"]["recommendation"]
    assert project.monps_db("check", "--offline").code == 0
    assert project.monps_db("check", "--offline", "--strict").code == 1
