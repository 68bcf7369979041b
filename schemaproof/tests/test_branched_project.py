"""A project whose history has branches."""

import json
from typing import Final

import pytest

from schemaproof_testing.other_project import (
    MODELS,
    Make,
    OtherProject,
    in_sync,
    pending,
)
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow


@pytest.fixture
def branched(make_shop: Make) -> OtherProject:
    """A project with two branches, one of which depends on the other, and their merge."""
    project = make_shop()
    project.revision("left", "first", 'op.create_table("left", sa.Column("id", sa.Integer()))')
    project.revision(
        "right", "first", 'op.add_column("customer", sa.Column("r", sa.Integer()), schema="shop")'
    )
    project.revision("needy", "right", 'op.create_table("needy")', depends_on="left")
    project.revision("merge", ("left", "needy"), 'op.create_table("merged")')
    project.write(
        "models.py",
        f"from sqlalchemy import Column, Integer, Table\n{MODELS}    r: Mapped[int | None]\n"
        "Table('left', Base.metadata, Column('id', Integer))\n"
        "Table('needy', Base.metadata)\nTable('merged', Base.metadata)\n",
    )
    assert project.monps_db("snapshot").code == 0
    return project


def test_each_revision_of_a_branch_says_what_it_changes_itself(branched: OtherProject) -> None:
    assert pending(branched) == {
        "first": "Revision first. Creates shop.customer.",
        "left": 'Revision left. Creates public."left".',
        "right": "Revision right. Creates shop.customer.r.",
        "needy": "Revision needy. Creates public.needy.",
        "merge": "Revision merge. Creates public.merged.",
    }


def test_a_branch_alone_is_compared_without_its_sibling(
    branched: OtherProject, database: Database
) -> None:
    branched.alembic("upgrade", "right")
    assert set(pending(branched)) == {"left", "needy", "merge"}
    database.execute("ALTER TABLE shop.customer DROP COLUMN r")
    assert "column-missing shop.customer.r" in branched.monps_db("check").out


def test_two_branches_that_are_not_merged_yet_are_compared_together(
    branched: OtherProject, database: Database
) -> None:
    branched.alembic("upgrade", "right")
    branched.alembic("upgrade", "left")
    assert set(pending(branched)) == {"needy", "merge"}
    assert 'public."left"' not in branched.monps_db("check").out
    database.execute('DROP TABLE public."left"')
    outcome = branched.monps_db("check")
    assert (outcome.code, 'table-missing public."left"' in outcome.out) == (1, True)


def test_what_merges_two_branches_is_planned_and_two_rows_of_one_branch_are_not(
    branched: OtherProject, database: Database
) -> None:
    branched.alembic("upgrade", "right")
    branched.alembic("upgrade", "left")
    planned = branched.monps_db("plan", "--format", "json")
    assert (planned.code, planned.err) == (0, "")
    assert [one["id"] for one in json.loads(planned.out)["revisions"]] == ["needy", "merge"]
    database.execute("INSERT INTO alembic_version VALUES ('first')")
    refused = branched.monps_db("plan")
    assert refused.code != 0
    assert "first, left, right: pending revisions cannot be determined" in refused.err


NOBODY: Final = {"DB_SCRATCH_URL": "postgresql://nobody@localhost:1/none"}


def test_two_branches_are_compared_from_their_snapshots_without_a_scratch_server(
    branched: OtherProject, database: Database
) -> None:
    branched.alembic("upgrade", "right")
    branched.alembic("upgrade", "left")
    outcome = branched.monps_db("check", **NOBODY)
    assert (outcome.code, "unverified" in outcome.out) == (3, False)
    database.execute('DROP TABLE public."left"')
    assert 'table-missing public."left"' in branched.monps_db("check", **NOBODY).out


def test_branches_that_change_the_same_thing_cannot_be_compared_without_a_scratch_server(
    branched: OtherProject,
) -> None:
    change = 'op.execute("ALTER TABLE shop.customer ALTER COLUMN name SET DEFAULT {}")'
    branched.revision("one", "left", change.format("'1'"))
    branched.revision("two", "right", change.format("'2'"))
    assert branched.monps_db("snapshot").code == 0
    branched.alembic("upgrade", "one")
    branched.alembic("upgrade", "two")
    outcome = branched.monps_db("check", **NOBODY)
    assert "branches-unverified public.alembic_version" in outcome.out
    assert "branches-unverified" not in branched.monps_db("check").out


def test_a_merged_history_is_in_sync_at_its_head(branched: OtherProject) -> None:
    branched.alembic("upgrade", "head")
    in_sync(branched)


def test_several_heads_are_tampering_until_they_are_merged(branched: OtherProject) -> None:
    for name in ("merge", "needy"):
        (branched.versions / f"{name}_.py").unlink()
        (branched.snapshots / f"{name}.json").unlink()
    outcome = branched.monps_db("check", "--offline")
    assert (outcome.code, "several-heads" in outcome.out) == (4, True)
    refused = branched.monps_db("revision", "-m", "On which head?")
    assert (refused.code, refused.err.count("\n")) == (2, 1), refused.err
    branched.alembic("merge", "-m", "Merge", "heads")
    assert "recorded" in branched.monps_db("snapshot").out
    # The tables of the other branch are missing.
    assert branched.monps_db("check", "--offline").code == 1


def test_a_revision_may_follow_a_branch_and_need_another(branched: OtherProject) -> None:
    (branched.versions / "merge_.py").unlink()
    (branched.snapshots / "merge.json").unlink()
    for name in ("left", "needy"):
        assert (branched.snapshots / f"{name}.json").exists()
    written = branched.monps_db(
        *("revision", "-m", "On the left", "--rev-id", "third", "--head", "left"),
        *("--depends-on", "right", "--branch-label", "mine"),
    )
    assert (written.code, written.err) == (0, ""), written.text
    assert written.out.endswith("third.json\n  + public.merged  table of 0 columns\n")
    [file] = branched.versions.glob("third_*.py")
    text = file.read_text("utf-8")
    assert "down_revision: Union[str, Sequence[str], None] = 'left'" in text
    assert "'mine'" in text
    schemas = json.loads((branched.snapshots / "third.json").read_text("utf-8"))["schemas"]
    assert sorted(schemas["public"]["relations"]) == ["left", "merged"]
