"""The constraints that a foreign key has for each partition of the referenced table."""

from dataclasses import replace
from typing import Any, Final

import pytest

from schemaproof.compare import compare
from schemaproof.schema.database_objects import Constraint, Relation, Schema, Snapshot
from schemaproof.schema.values import SqlText

PART: Final = Constraint(
    name="fk_1",
    kind="foreign-key",
    definition=SqlText(("FOREIGN KEY (a) REFERENCES p_1(a)",)),
    inherited=True,
)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"name": "fk_2"}, []),
        ({"validated": False}, []),
        ({"validated": False, "inherited": False}, ["foreign-key-not-validated"]),
        ({"name": "fk_2", "inherited": False}, ["foreign-key-renamed"]),
    ],
)
def test_name_and_validity_are_those_of_the_key(changed: dict[str, Any], found: list[str]) -> None:
    differences = compare(_with(PART), _with(replace(PART, **changed))).differences
    assert [one.code for one in differences] == found


def _with(part: Constraint) -> Snapshot:
    table = Relation(name="t", constraints=(part,))
    return Snapshot(schemas=(Schema(name="s", relations=(table,)),))
