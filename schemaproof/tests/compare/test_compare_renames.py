"""A renamed object is recognised only when there is exactly one candidate."""

from dataclasses import replace
from typing import Any

import pytest

from schemaproof.compare import compare
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import path
from schemaproof_testing.compared import codes
from schemaproof_testing.renamed_objects import (
    CHECK,
    INDEX,
    INDEX_SQL,
    PK_INDEX,
    C,
    renamed,
    renames,
)
from schemaproof_testing.snapshot_strategies import sql
from schemaproof_testing.snapshots import EXAMPLE, OBJECT_OF, Address, Q, T, at, changed

HINTED = {"column": C, "check": CHECK, "index": INDEX, "table": T}


def none_renamed(expected: Snapshot, actual: Snapshot) -> bool:
    aspects = {difference.code.aspect for difference in compare(expected, actual).differences}
    return {"missing", "unexpected"} & aspects != set() and "renamed" not in aspects


def twins(address: Address, *names: str) -> Snapshot:
    """Return the example snapshot with several copies of an object, under these names."""
    (group, _), parent = address[-1], address[:-1]
    original = at(EXAMPLE, address)
    others = [one for one in getattr(at(EXAMPLE, parent), group) if one != original]
    copies = [
        replace(original, name=name, definition=sql(INDEX_SQL.format(name)))
        if address == INDEX
        else replace(original, name=name)
        for name in names
    ]
    return changed(EXAMPLE, parent, **{group: (*others, *copies)})


def path_in_q(address: Address, name: str) -> str:
    return path("q", name) if address == T else path("q", "t", name)


@pytest.mark.parametrize("address", HINTED.values(), ids=HINTED)
def test_one_that_went_and_one_equal_that_came_were_renamed(address: Address) -> None:
    old = address[-1][1]
    assert renames(EXAMPLE, renamed(address, "zz")) == {path_in_q(address, old): "zz"}


@pytest.mark.parametrize("address", HINTED.values(), ids=HINTED)
def test_of_two_equal_that_came_neither_is_guessed(address: Address) -> None:
    assert none_renamed(EXAMPLE, twins(address, "y", "z"))


@pytest.mark.parametrize("address", HINTED.values(), ids=HINTED)
def test_of_two_equal_that_went_neither_is_guessed(address: Address) -> None:
    assert none_renamed(twins(address, "y", "z"), EXAMPLE)


@pytest.mark.parametrize(
    ("address", "changes"),
    [
        (C, {"type": "text"}),
        (C, {"nullable": False}),
        (C, {"comment": "else"}),
        (C, {"position": 9}),
        (CHECK, {"definition": sql("other")}),
        (INDEX, {"definition": sql("CREATE INDEX zz ON q.t (g)")}),
        (INDEX, {"definition": sql("CREATE UNIQUE INDEX zz ON q.t (c)")}),
        (T, {"kind": "view"}),
        (T, {"columns": ()}),
        (T, {"constraints": ()}),
        (T, {"indexes": ()}),
    ],
)
def test_one_that_came_and_is_otherwise_is_another_one(
    address: Address, changes: dict[str, Any]
) -> None:
    assert none_renamed(EXAMPLE, renamed(address, "zz", **changes))


def test_one_that_only_went_has_no_hint() -> None:
    assert codes(EXAMPLE, twins(C)) == [("column-missing", "q.t.c")]


def test_print_that_two_constraints_share_is_enough() -> None:
    expected = changed(EXAMPLE, CHECK, definition=sql("print", "reprint"))
    actual = changed(EXAMPLE, CHECK, name="zz", definition=sql("reprint"))
    assert renames(expected, actual) == {path("q", "t", "check"): "zz"}


def test_column_whose_default_prints_otherwise_is_recognised() -> None:
    expected = changed(EXAMPLE, C, default=sql("print", "reprint"))
    actual = changed(EXAMPLE, C, name="zz", default=sql("reprint"))
    assert renames(expected, actual) == {"q.t.c": "zz"}


@pytest.mark.parametrize("name", ["zz", "z z", 'z"z', "größe"])
def test_index_is_recognised_by_its_definition_without_the_name(name: str) -> None:
    actual = changed(EXAMPLE, INDEX, name=name, definition=sql(INDEX_SQL.format(path(name))))
    assert renames(EXAMPLE, actual) == {"q.t.ix": name}


def test_unique_index_is_recognised_too() -> None:
    definition = sql("CREATE UNIQUE INDEX zz ON q.t (c)")
    actual = changed(EXAMPLE, OBJECT_OF["unique-index"], name="zz", definition=definition)
    assert renames(EXAMPLE, actual) == {"q.t.uq": "zz"}


def test_index_of_a_constraint_is_no_candidate() -> None:
    wanted = changed(EXAMPLE, INDEX, name="i", definition=sql("CREATE UNIQUE INDEX i ON q.t (id)"))
    definition = sql('CREATE UNIQUE INDEX "primary-key" ON q.t (id)')
    actual = changed(EXAMPLE, PK_INDEX, name="other", definition=definition)
    assert none_renamed(wanted, actual)


def test_table_is_recognised_by_what_keeps_its_names() -> None:
    actual = changed(EXAMPLE, T, name="zz", comment="else", owner="another role")
    assert codes(EXAMPLE, actual) == [
        ("table-renamed", "q.t"),
        ("table-owner", "q.t"),
        ("table-comment", "q.t"),
    ]


def test_two_columns_renamed_at_once_are_told_by_their_positions() -> None:
    columns = tuple(replace(at(EXAMPLE, C), name=f"c{n}", position=n) for n in (1, 2))
    turned = tuple(replace(one, name=f"d{one.position}") for one in columns)
    found = renames(changed(EXAMPLE, T, columns=columns), changed(EXAMPLE, T, columns=turned))
    assert found == {"q.t.c1": "d1", "q.t.c2": "d2"}


def test_columns_of_a_table_of_another_origin_are_not_told_by_their_positions() -> None:
    wanted = tuple(
        replace(at(EXAMPLE, C), name=name, position=n) for n, name in enumerate("abc", 1)
    )
    # "b" has another position, so it is chance that "z" has the position of "a".
    found = tuple(replace(at(EXAMPLE, C), name=name, position=n) for n, name in enumerate("zxb", 1))
    assert none_renamed(changed(EXAMPLE, T, columns=wanted), changed(EXAMPLE, T, columns=found))


def test_move_to_another_schema_is_no_renaming() -> None:
    other = replace(at(EXAMPLE, Q), name="r", sequences=(), objects=())
    emptied = changed(EXAMPLE, Q, relations=())
    assert none_renamed(EXAMPLE, replace(emptied, schemas=(*emptied.schemas, other)))
