"""Which revisions changed an object (``log``, ``blame``), computed from snapshots."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest

from schemaproof.cli.object_names import by_path
from schemaproof.history.changes import in_lines
from schemaproof.history.history import History
from schemaproof.history.object_history import all_changes, blame, changes_to
from schemaproof.history.revision import Revision
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Index,
    Relation,
    Schema,
    Snapshot,
)
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.values import SqlText


def column(name: str, type_: str = "integer", **attributes: Any) -> Column:
    return Column(name=name, position=attributes.pop("position", 1), type=type_, **attributes)


def table(name: str, *columns: Column, **attributes: Any) -> Relation:
    return Relation(name=name, columns=columns, **attributes)


def schema(*relations: Relation, **attributes: Any) -> Snapshot:
    return Snapshot((Schema(name="q", relations=relations, **attributes),))


def index(name: str, on: str) -> Index:
    return Index(name=name, definition=SqlText((f"CREATE INDEX {name} ON {on} (a)",)))


def check(name: str, condition: str) -> Constraint:
    return Constraint(name=name, kind="check", definition=SqlText((f"CHECK ({condition})",)))


def history(*after: Snapshot | None, parents: dict[str, tuple[str, ...]] | None = None) -> History:
    """Return revisions r1, r2, ... in a line, each with these objects."""
    known = parents or {}
    revisions = {}
    for number, snapshot in enumerate(after, 1):
        follows = known.get(f"r{number}", (f"r{number - 1}",) if number > 1 else ())
        recorded = cast("Any", snapshot and SimpleNamespace(snapshot=snapshot))
        revisions[f"r{number}"] = Revision(f"r{number}", follows, "", Path("x"), "", recorded)
    return History(revisions, (f"r{len(after)}",), ())


A: Final = column("a")
GROWN: Final = (
    schema(table("t", A)),
    schema(table("t", A, column("b", "text"))),
    schema(table("t", replace(A, type="bigint"), column("b", "text", comment="B"))),
    schema(table("t", replace(A, type="bigint"), column("b", "text", comment="B"), comment="T")),
)
ON_OLD: Final = (index("i", "q.old"),)
STAYS: Final = column("stays", "text", position=2)
RENAMED: Final = (
    schema(table("old", column("was"), STAYS, indexes=ON_OLD)),
    schema(table("old", column("was", "bigint"), STAYS, indexes=ON_OLD)),
    schema(table("old", column("later", "bigint"), STAYS, indexes=ON_OLD)),
    schema(table("t", column("later", "bigint"), STAYS, indexes=(index("i", "q.t"),))),
)


def log(versions: Sequence[Snapshot | None], path: str) -> list[tuple[str, list[str]]]:
    found = changes_to(all_changes(history(*versions)), ObjectPath.parse(path))
    return [(one.revision.id, [*in_lines(one.differences or ())]) for one in found]


def blamed(versions: Sequence[Snapshot | None], path: str) -> dict[str, str | None]:
    made = history(*versions)
    head = made.head_snapshot if made.recorded_heads else None
    thing = by_path(head or Snapshot())[ObjectPath.parse(path)]
    found = blame(all_changes(made), thing)
    return {one.what: one.revision.id if one.revision else None for one in found}


def test_the_log_of_a_table_says_what_came_with_it_and_since() -> None:
    assert log(GROWN, "q.t") == [
        ("r4", ["~ q.t  table-comment: none → T"]),
        ("r3", ["~ q.t.a  column-type: integer → bigint", "~ q.t.b  column-comment: none → B"]),
        ("r2", ["+ q.t.b  text NULL"]),
        ("r1", ["+ q.t  table of 1 column", "+ q.t.a  integer NULL"]),
    ]


def test_the_log_of_a_column_says_nothing_of_others() -> None:
    assert log(GROWN, "q.t.b") == [
        ("r3", ["~ q.t.b  column-comment: none → B"]),
        ("r2", ["+ q.t.b  text NULL"]),
    ]
    assert [revision for revision, _ in log(GROWN, "q.t.a")] == ["r3", "r1"]


def test_each_attribute_is_of_the_revision_that_changed_it_last() -> None:
    assert blamed(GROWN, "q.t.a") == {"name": "r1", "type": "r3", "nullability": "r1"}
    assert blamed(GROWN, "q.t.b") == {
        "name": "r2",
        "type": "r2",
        "nullability": "r2",
        "comment": "r3",
    }
    assert blamed(GROWN, "q.t") == {
        "name": "r1",
        "comment": "r4",
        "column a": "r3",
        "column b": "r3",
    }


def test_former_names_are_followed() -> None:
    assert [revision for revision, _ in log(RENAMED, "q.t.later")] == ["r3", "r2", "r1"]
    assert [revision for revision, _ in log(RENAMED, "q.t")] == ["r4", "r3", "r2", "r1"]
    assert blamed(RENAMED, "q.t.later") == {"name": "r3", "type": "r2", "nullability": "r1"}
    assert blamed(RENAMED, "q.t.stays") == {"name": "r1", "type": "r1", "nullability": "r1"}
    assert blamed(RENAMED, "q.t.i")["name"] == "r1"
    assert blamed(RENAMED, "q.t")["name"] == "r4"


def test_what_is_dropped_and_made_again_is_of_the_last_revision_that_made_it() -> None:
    versions = (GROWN[1], GROWN[0], GROWN[1])
    assert blamed(versions, "q.t.b")["type"] == "r3"
    assert [lines for _, lines in log(versions, "q.t.b")] == [
        ["+ q.t.b  text NULL"],
        ["- q.t.b  text NULL"],
        ["+ q.t.b  text NULL"],
    ]
    gone = (GROWN[1], schema())
    assert [lines for _, lines in log(gone, "q.t.b")] == [
        ["- q.t.b  text NULL"],
        ["+ q.t.b  text NULL"],
    ]


def test_a_column_and_an_index_of_one_name_are_told_apart() -> None:
    versions = (
        schema(table("t", A)),
        schema(table("t", A, indexes=(index("a", "q.t"),))),
        schema(table("t", A, indexes=(index("a", "q.t"), index("b", "q.t")))),
    )
    assert blamed(versions, "q.t.a") == {"name": "r1", "type": "r1", "nullability": "r1"}
    assert blamed(versions, "q.t")["index a"] == "r2"
    assert blamed(versions, "q.t")["column a"] == "r1"


def test_constraints_enums_and_views_have_a_history_too() -> None:
    mood = DatabaseObject(kind="enum", name="mood", definition=SqlText(("CREATE TYPE mood",)))
    more = replace(mood, definition=SqlText(("CREATE TYPE mood AS ENUM ('good')",)))
    view = Relation(name="v", kind="view", definition=SqlText(("SELECT 1",)))
    versions = (
        schema(table("t", A, constraints=(check("ck", "a > 0"),)), objects=(mood,)),
        schema(table("t", A, constraints=(check("ck", "a > 1"),)), view, objects=(more,)),
    )
    assert blamed(versions, "q.t.ck") == {"name": "r1", "definition": "r2", "validated": "r1"}
    assert blamed(versions, "q.mood")["definition"] == "r2"
    assert blamed(versions, "q.v")["definition"] == "r2"
    assert blamed(versions, "q") == {"table t": "r2", "view v": "r2", "enum mood": "r2"}


def test_a_merge_is_blamed_for_nothing_that_came_with_a_branch() -> None:
    base = schema(table("t", A))
    one, other = GROWN[1], schema(table("t", A), table("u", A))
    both = schema(table("t", A, column("b", "text")), table("u", A))
    made = history(base, one, other, both, parents={"r3": ("r1",), "r4": ("r2", "r3")})
    changes = all_changes(made)
    assert [one.revision.id for one in changes_to(changes, ObjectPath.parse("q.t.b"))] == ["r2"]
    assert [one.revision.id for one in changes_to(changes, ObjectPath.parse("q.u"))] == ["r3"]


@pytest.mark.parametrize("missing", [0, 1])
def test_what_was_not_recorded_is_nobodys(missing: int) -> None:
    versions: list[Snapshot | None] = [*GROWN]
    versions[missing] = None
    assert blamed(versions, "q.t.b")["type"] is None
