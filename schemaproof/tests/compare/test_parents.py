"""The parents of a table are distinguished, whatever their names are."""

import pytest

from schemaproof.compare.parents import inherited_paths, parent_and_bounds
from schemaproof.schema.database_objects import Relation
from schemaproof.schema.paths import path
from schemaproof.schema.values import SqlText

NAMES = ["customer", "a, b", "x FOR VALUES y", "x DEFAULT", 'say "a, b"', "dot.ted", "Größe"]
BOUNDS = ["DEFAULT", "FOR VALUES IN ('a FOR VALUES b', 'a, \"b\"')", "FOR VALUES FROM (1) TO (2)"]


@pytest.mark.parametrize("bounds", BOUNDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_partition_has_one_parent(name: str, bounds: str) -> None:
    parent = path("shop", name)
    found, rest = parent_and_bounds(SqlText((f"{parent} {bounds}",)))
    assert (found.names, rest) == (("shop", name), bounds)


def test_a_text_that_names_no_table_is_its_own_parent() -> None:
    assert parent_and_bounds(SqlText((" ",))) == (" ", "")


def test_a_table_inherits_from_several() -> None:
    wanted = [path("shop", name) for name in NAMES]
    relation = Relation(kind="table", name="child", inherits=", ".join(wanted))
    assert [one.names for one in inherited_paths(relation)] == [one.names for one in wanted]
