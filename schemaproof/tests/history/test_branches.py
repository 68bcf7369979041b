"""The heads of a project with branches, and the schema that several branches produce together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from schemaproof.errors import ConfigurationError
from schemaproof.history import branches
from schemaproof.history.history import History
from schemaproof.history.revision import Revision
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.snapshot_file import RecordedRevision, dumps, loads
from schemaproof.schema.database_objects import Column, Relation, Schema, Snapshot

# Each revision stands with the revisions that it follows, those that it depends on, and its labels.
FILES: Final = {
    "a1": ((), (), ("main",)),
    "b1": ((), (), ("audit",)),
    "a2": (("a1",), (), ()),
    "b2": (("b1",), ("a1",), ()),
    "left": (("a2",), (), ("left",)),
    "right": (("a2",), (), ()),
}
ALL: Final = ("b2", "left", "right")


def files(*, without: tuple[str, ...] = ()) -> list[RevisionFile]:
    return [
        RevisionFile(id_, follows, depends_on, "", Path(f"{id_}.py"), labels)
        for id_, (follows, depends_on, labels) in FILES.items()
        if id_ not in without
    ]


@pytest.mark.parametrize(
    ("target", "heads", "several"),
    [
        ((), ALL, ALL),
        (("head",), ALL, ALL),
        (("heads",), ALL, ()),
        (("audit@head",), ("b2",), ()),
        (("main@head",), ("left", "right"), ("left", "right")),
        (("main@heads",), ("left", "right"), ()),
        (("left@head", "audit@head"), ("left", "b2"), ()),
        (("a2@head",), ("left", "right"), ("left", "right")),
        (("a2",), ("a2",), ()),
        (("rig",), ("right",), ()),
        (("right", "heads"), ("right", "b2", "left"), ()),
    ],
)
def test_a_target_names_heads_as_alembic_does(
    target: tuple[str, ...], heads: tuple[str, ...], several: tuple[str, ...]
) -> None:
    assert branches.target_heads(files(), target) == (heads, several)


def test_one_head_is_meant_where_nothing_is_said() -> None:
    assert branches.target_heads(files(without=("left", "b1", "b2")), ()) == (("right",), ())
    assert branches.target_heads([], ()) == ((), ())


@pytest.mark.parametrize("target", ["gone", "gone@head", "@head", "a"])
def test_a_target_that_names_nothing_is_refused(target: str) -> None:
    with pytest.raises(ConfigurationError, match="no revision is called"):
        branches.target_heads(files(), (target,))


def history(produced: Mapping[str, Snapshot]) -> History:
    """Return a history whose revisions have these snapshots."""
    revisions = {}
    for file in files():
        recorded = RecordedRevision(
            revision=file.id, file_checksum="", models=None, snapshot=produced[file.id]
        )
        text = loads(dumps(recorded))
        revisions[file.id] = Revision(file.id, file.needs, "", file.path, "", text)
    return History(revisions, ALL, ())


def schema(**columns: str) -> Snapshot:
    """Return tables in the schema public, with columns as ``name type, name type``."""
    tables = []
    for table, text in sorted(columns.items()):
        parts = [one.split() for one in text.split(", ")]
        own = tuple(
            Column(name=name, position=number, type=type_)
            for number, (name, type_) in enumerate(sorted(parts), start=1)
        )
        tables.append(Relation(name=table, columns=own))
    return Snapshot((Schema(name="public", relations=tuple(tables)),))


PRODUCED: Final = {
    "a1": schema(t="id int"),
    "a2": schema(t="id int, x int", u="id int"),
    "b1": schema(log="id int"),
    "b2": schema(log="id int, b2 int", t="id int, b int"),
    "left": schema(t="id int, x int, l int"),
    "right": schema(t="id int, r int, x text", u="id int"),
}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("a1", "b1"), schema(log="id int", t="id int")),
        (("a2", "b1"), schema(log="id int", t="id int, x int", u="id int")),
        (("a2", "b2"), schema(log="id int, b2 int", t="id int, b int, x int", u="id int")),
        # One branch drops a table, and the other changes a type. Each has what the other did not
        # change.
        (("left", "right"), schema(t="id int, l int, r int, x text")),
        (
            ("b2", "left", "right"),
            schema(log="id int, b2 int", t="b int, id int, l int, r int, x text"),
        ),
        (("b2", "a1"), PRODUCED["b2"]),  # The first revision depends on the second.
    ],
)
def test_several_branches_produce_what_each_has_changed(
    rows: tuple[str, ...], expected: Snapshot
) -> None:
    known = history(PRODUCED)
    assert known.joined_snapshot(rows) == expected
    assert known.joined_snapshot(rows[::-1]) == expected


def test_what_two_branches_change_otherwise_nobody_can_tell() -> None:
    known = history({**PRODUCED, "left": schema(t="id int, x bigint", u="id int")})
    assert known.joined_snapshot(("left", "right")) is None
    changed = history({**PRODUCED, "right": schema(t="id int, x int", u="id bigint")})
    assert changed.joined_snapshot(("left", "right")) is None  # The other branch has dropped it.


def test_a_branch_is_pending_where_the_target_has_it() -> None:
    known = history(PRODUCED)
    assert [one.id for one in known.pending("a2")] == ["b1", "b2", "left", "right"]
    one = History(known.revisions, ("left",), ())
    assert [revision.id for revision in one.pending("a1")] == ["a2", "left"]
    assert [revision.id for revision in one.pending("right")] == ["left"]
