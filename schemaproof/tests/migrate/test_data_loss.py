"""A downgrade that loses data is refused at its start, unless the loss is accepted."""

import json
import re
from typing import Any

import pytest

from schemaproof.errors import MigrationRefusedError
from schemaproof.migrate.gate_overrides import ATTRIBUTE, GateOverrides
from schemaproof_testing.gate_runs import tables
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

ASKS_NOTHING: dict[str, Any] = {ATTRIBUTE: GateOverrides()}
INDEX = 'op.execute("CREATE INDEX i ON public.one (id)")'


@pytest.fixture
def project(own_project: OwnProject, database: Database) -> OwnProject:
    """A database at r3, with a table, an index on it, and a further column."""
    own_project.add(
        'op.execute("CREATE TABLE public.one (id int, note text)")',
        'op.execute("DROP TABLE public.one")',
    )
    own_project.add(INDEX, 'op.execute("DROP INDEX i")')
    own_project.add(
        'op.execute("ALTER TABLE public.one ADD COLUMN extra int")',
        'op.execute("ALTER TABLE public.one DROP COLUMN extra")',
    )
    own_project.record()
    own_project.upgrade(database)
    return own_project


@pytest.mark.parametrize(
    ("target", "lost"),
    [("r2", "public.one.extra"), ("base", "public.one"), ("r1", "public.one.extra")],
)
def test_it_is_refused_and_names_what_is_lost(
    project: OwnProject, database: Database, target: str, lost: str
) -> None:
    before = rows(database)
    with pytest.raises(MigrationRefusedError) as refusal:
        project.downgrade(database, target, **ASKS_NOTHING)
    assert refusal.value.ground == "data-loss"
    assert refusal.value.message == f"the downgrade loses {lost}; nothing was changed"
    assert "--accept-data-loss (alembic -x accept-data-loss=true)" in refusal.value.remedy
    assert (rows(database), tables(database)) == (before, {"one"})


def test_when_it_is_accepted_the_ledger_says_so(project: OwnProject, database: Database) -> None:
    project.downgrade(database, "base", **{ATTRIBUTE: GateOverrides(accepts_data_loss=True)})
    assert tables(database) == set()
    assert rows(database, "allowed")[:3] == [([],)] * 3  # The upgrades lose no data.
    assert rows(database, "revision, direction, allowed")[3:] == [
        (revision, "downgrade", ["data-loss"]) for revision in ("r3", "r2", "r1")
    ]


def test_what_loses_nothing_is_not_asked_about(project: OwnProject, database: Database) -> None:
    project.downgrade(database, "r2", **{ATTRIBUTE: GateOverrides(accepts_data_loss=True)})
    project.downgrade(database, "r1", **ASKS_NOTHING)
    assert rows(database, "revision, direction, allowed")[-1] == ("r2", "downgrade", [])


def test_what_a_revision_declares_is_lost_too(own_project: OwnProject, database: Database) -> None:
    own_project.add('op.execute("SELECT 1")')
    file = own_project.folder / "migrations" / "versions" / "r1.py"
    declared = '\ndowngrade_loses = "the old spelling"\n'
    file.write_text(file.read_text("utf-8") + declared, "utf-8")
    own_project.record()
    own_project.upgrade(database)
    with pytest.raises(MigrationRefusedError, match="loses the old spelling; nothing"):
        own_project.downgrade(database, "base", **ASKS_NOTHING)


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ('downgrade_loses = "the old spelling"', "the old spelling"),
        ('downgrade_loses: str = "the old" + " spelling"', "'the old' + ' spelling'"),
        ('WHAT = "spelling"\ndowngrade_loses = f"the old {WHAT}"', "f'the old {WHAT}'"),
    ],
)
def test_what_is_declared_counts_wherever_the_revision_lies(
    own_project: OwnProject, database: Database, declaration: str, message: str
) -> None:
    own_project.add('op.execute("SELECT 1")')
    elsewhere = own_project.folder / "elsewhere"
    elsewhere.mkdir()
    file = own_project.folder / "migrations" / "versions" / "r1.py"
    file = file.rename(elsewhere / "r1.py")
    file.write_text(f"{file.read_text('utf-8')}\n{declaration}\n", "utf-8")
    with own_project.ini.open("a", encoding="utf-8") as ini:
        ini.write("version_locations = %(here)s/migrations/versions:%(here)s/elsewhere\n")
    own_project.record()
    own_project.upgrade(database)
    with pytest.raises(MigrationRefusedError, match=re.escape(f"loses {message}; nothing")):
        own_project.downgrade(database, "base", **ASKS_NOTHING)


@pytest.fixture
def merging(own_project: OwnProject, database: Database) -> OwnProject:
    """Two branches after r1, with a table each, and r4 that merges them."""
    made, dropped = (f'op.execute("{verb} TABLE public.{{}}{{}}")' for verb in ("CREATE", "DROP"))
    for name in ("one", "left_one", "right_one", "merged"):
        own_project.add(made.format(name, " (id int)"), dropped.format(name, ""))
    versions = own_project.folder / "migrations" / "versions"
    for name, old, new in (("r3", "'r2'", "'r1'"), ("r4", "'r3'", "('r2', 'r3')")):
        file = versions / f"{name}.py"
        before = f"down_revision = {old}"
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, f"down_revision = {new}"), "utf-8")
    own_project.record()
    own_project.upgrade(database)
    return own_project


def test_undoing_a_merge_loses_what_the_merge_made(merging: OwnProject, database: Database) -> None:
    with pytest.raises(MigrationRefusedError) as refusal:
        merging.downgrade(database, "r2", **ASKS_NOTHING)
    assert refusal.value.message == "the downgrade loses public.merged; nothing was changed"
    with pytest.raises(MigrationRefusedError) as refusal:
        merging.downgrade(database, "r1", **ASKS_NOTHING)
    assert "loses public.merged, public.left_one, public.right_one;" in refusal.value.message


def test_the_plan_of_a_merge_names_what_the_merge_changes(
    merging: OwnProject, database: Database
) -> None:
    merging.downgrade(database, "r1", **{ATTRIBUTE: GateOverrides(accepts_data_loss=True)})
    outcome = (
        Programs(merging.folder, database.environ())
        .monps_db("plan", "--format", "json")
        .succeeded()
    )
    *_, revision = json.loads(outcome.out)["revisions"]
    assert revision["undo_loses"] == ["public.merged"]
    assert revision["loses"] == []


def test_no_mode_of_the_gate_lets_it_pass(
    project: OwnProject, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATION_GATE", "off")
    with pytest.raises(MigrationRefusedError, match="the downgrade loses"):
        project.downgrade(database, "base", **{ATTRIBUTE: GateOverrides(reason="no time")})


def test_the_programs_ask_for_it(project: OwnProject, database: Database) -> None:
    programs = Programs(project.folder, database.environ())
    refused = programs.monps_db("downgrade", "-1")
    assert (refused.code, refused.out, refused.err.count("\n")) == (5, "", 1)
    assert programs.monps_db("downgrade", "-1", "--accept-data-loss").code == 0
    assert "allowed:  data-loss\n" in programs.monps_db("history").out
    plain = programs.run("alembic", "downgrade", "base")
    assert plain.code != 0
    assert "FAILED: the downgrade loses public.one; nothing was changed" in plain.text
    accepted = programs.run("alembic", "-x", "accept-data-loss=true", "downgrade", "base")
    assert (accepted.code, tables(database)) == (0, set())


@pytest.mark.parametrize("value", ["yes", "", "TRUE"])
def test_what_is_neither_true_nor_false_is_refused(
    project: OwnProject, database: Database, value: str
) -> None:
    programs = Programs(project.folder, database.environ())
    outcome = programs.run("alembic", "-x", f"accept-data-loss={value}", "downgrade", "base")
    assert outcome.code != 0
    assert f"accept-data-loss is true or false, not '{value}'" in outcome.text
    assert tables(database) == {"one"}
