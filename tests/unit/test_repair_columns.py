"""What a column gets back that its type gives it."""

from __future__ import annotations

import pytest

from introspection.repair.access import Roles
from introspection.repair.columns import Table, attributes_of
from introspection.shapes import Column


@pytest.mark.parametrize(
    ("type_", "storage"),
    [("text", "EXTENDED"), ("numeric", "MAIN"), ("numeric[]", "EXTENDED"), ("q.own", "DEFAULT")],
)
def test_the_usual_storage_is_named_because_15_knows_no_default(type_: str, storage: str) -> None:
    wanted = Column(name="c", position=1, type=type_)
    found = Column(name="c", position=1, type=type_, storage="external")
    (step,) = attributes_of(Table("q", "t"), wanted, found, Roles())
    assert step.sql == f'ALTER TABLE "q"."t" ALTER COLUMN "c" SET STORAGE {storage}'
