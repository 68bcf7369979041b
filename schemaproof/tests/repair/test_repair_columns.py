"""A repaired column gets back the attributes that depend on its type."""

import pytest

from schemaproof.repair.access import Roles
from schemaproof.repair.columns import Table, attribute_steps
from schemaproof.schema.database_objects import Column


def to_usual_storage(type_: str) -> str:
    wanted = Column(name="c", position=1, type=type_)
    found = Column(name="c", position=1, type=type_, storage="external")
    (step,) = attribute_steps(Table("q", "t"), wanted, found, Roles())
    return step.sql


@pytest.mark.parametrize(
    ("type_", "storage"),
    [("text", "EXTENDED"), ("numeric", "MAIN"), ("numeric[]", "EXTENDED")],
)
def test_the_usual_storage_is_named_because_15_knows_no_default(type_: str, storage: str) -> None:
    alter = 'ALTER TABLE "q"."t" ALTER COLUMN "c"'
    assert to_usual_storage(type_) == f"{alter} SET STORAGE {storage}"


def test_the_usual_storage_of_a_type_of_ones_own_is_asked_of_the_server() -> None:
    sql = to_usual_storage('q."it\'s"')
    assert sql.startswith('DO \'BEGIN EXECUTE \'\'ALTER TABLE "q"."t" ALTER COLUMN')
    assert "oid = ''q.\"it''''s\"''::pg_catalog.regtype" in sql
