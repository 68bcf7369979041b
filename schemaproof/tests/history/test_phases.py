"""Phases of a change: which changes keep old code working, and which do not."""

from __future__ import annotations

from typing import Final

import pytest

from schemaproof.compare import Difference
from schemaproof.errors import ConfigurationError, MigrationRefusedError
from schemaproof.history import application, phases
from schemaproof.history.history import load_history
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import path
from schemaproof_testing.gate_runs import allowing
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

WHERE: Final = path("shop", "customer", "tier")


@pytest.mark.parametrize(
    ("kind", "aspect", "old", "new", "is_breaking"),
    [
        ("table", "missing", "table of 2 columns", None, True),
        ("column", "missing", "text", None, True),
        ("column", "unexpected", None, "text", False),
        ("column", "renamed", "tier", "level", True),
        ("index", "missing", "btree", None, False),
        ("check", "missing", "CHECK (a)", None, False),
        ("check", "unexpected", None, "CHECK (a)", False),
        ("function", "missing", "f()", None, True),
        ("column", "nullability", "NULL", "NOT NULL", False),
        ("column", "type", "integer", "bigint", False),
        ("column", "type", "bigint", "integer", True),
        ("column", "type", "character varying", "text", False),
        ("column", "type", "text", "uuid", True),
        ("column", "type-modifier", "(10)", "(20)", False),
        ("column", "type-modifier", "(20)", "(10)", True),
        ("column", "type-modifier", "(20)", None, False),
        ("column", "type-modifier", None, "(10)", True),
        ("column", "type-modifier", "(10,2)", "(12,1)", True),
        ("enum", "definition", "ENUM ('a', 'b')", "ENUM ('a', 'c', 'b')", False),
        ("enum", "definition", "ENUM ('a', 'b')", "ENUM ('a')", True),
    ],
)
def test_what_goes_or_gets_narrower_is_a_contract(
    kind: str, aspect: str, old: str | None, new: str | None, is_breaking: object
) -> None:
    found = [*phases.breaking([Difference(Code(kind, aspect), WHERE, old, new)])]
    assert bool(found) == is_breaking
    assert all("shop.customer.tier" in one for one in found)


@pytest.mark.parametrize(
    ("session", "is_older"),
    [
        ("monps/1.4.1", True),
        ("monps/1.4", True),
        ("monps/1.4.2", False),
        ("monps/1.4.2.0", False),
        ("monps/1.10", False),
        ("monps/1.4.2 worker", False),
        ("monps/1.3.9 worker", True),
        ("monps", True),
        ("monps/", True),
        ("monps/1.4.2rc1", True),
        ("monps-db migrator", False),
        ("other/0.1", False),
        ("", False),
    ],
)
def test_who_hides_a_version_counts_as_old(session: str, is_older: object) -> None:
    assert application.required("monps/1.4.2", "application").is_older(session) == is_older


@pytest.mark.parametrize("text", ["monps", "monps/", "monps/x", "monps/1.x", "/1.2", "a b/1"])
def test_what_names_no_version_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a version of an application"):
        application.required(text, "application")


CREATE: Final = 'op.execute("CREATE TABLE public.one (id int, a int, b int)")'


def _undone(action: str) -> str:
    return f'op.execute("ALTER TABLE public.one {action}")'


@pytest.fixture
def project(own_project: OwnProject, database: Database) -> OwnProject:
    """A database at r1; r2 adds a column, r3 drops one, and r4 adds another."""
    own_project.add(CREATE)
    own_project.upgrade(database)
    own_project.add('op.execute("ALTER TABLE public.one ADD c int")', _undone("DROP c"))
    own_project.add('op.execute("ALTER TABLE public.one DROP a")', _undone("ADD a int"))
    own_project.add('op.execute("ALTER TABLE public.one ADD d int")', _undone("DROP d"))
    own_project.record()
    return own_project


@pytest.mark.slow
def test_an_upgrade_stops_before_the_first_contract_and_a_plan_shows_it(
    project: OwnProject, database: Database
) -> None:
    scratch = database.superuser_url.render_as_string(hide_password=False)
    programs = Programs(project.folder, {**database.environ(), "DB_SCRATCH_URL": scratch})
    planned = programs.monps_db("plan").out
    assert "r2  [expand]" in planned
    assert "r3  [contract: drops public.one.a]" in planned
    assert '"phase": "contract"' in programs.monps_db("plan", "--format", "json").out
    assert "contract&#58; drops" in programs.monps_db("plan", "--format", "markdown").out
    upgraded = programs.monps_db("upgrade", "--phase", "expand")
    assert (upgraded.code, upgraded.err) == (0, "")
    assert "left for --phase contract: r3, r4" in upgraded.out
    assert database.query("TABLE alembic_version") == [("r2",)]
    again = programs.monps_db("upgrade", "--phase", "expand")
    assert (again.code, "nothing to do" in again.out) == (0, True)
    assert programs.monps_db("upgrade").code == 0
    assert database.query("TABLE alembic_version") == [("r4",)]


@pytest.mark.slow
def test_what_a_file_declares_counts_and_nothing_else_may_stand_there(
    project: OwnProject,
) -> None:
    file = project.folder / "migrations" / "versions" / "r3.py"
    written = file.read_text("utf-8")
    for declared, expected in (('"expand"', "expand"), ('"contract"', "contract")):
        file.write_text(f"{written}\nphase = {declared}\n", "utf-8")
        assert phases.find_phase(load_history(project.project), "r3").name == expected
    file.write_text(f'{written}\nphase = "later"\n', "utf-8")
    with pytest.raises(ConfigurationError, match="there is no phase 'later'"):
        phases.find_phase(load_history(project.project), "r3")


@pytest.mark.slow
def test_a_contract_waits_for_old_versions_to_go(project: OwnProject, database: Database) -> None:
    file = project.folder / "migrations" / "versions" / "r3.py"
    file.write_text(file.read_text("utf-8") + '\napplication = "monps/1.4.2"\n', "utf-8")
    project.record()
    old, new = database.connect(), database.connect()
    old.cursor().execute("SET application_name = 'monps/1.4.1'")
    new.cursor().execute("SET application_name = 'monps/1.5'")
    refused = r"1 of monps/1\.4\.1 before monps/1\.4\.2 \(r3\)"
    with pytest.raises(MigrationRefusedError, match=refused) as refusal:
        project.upgrade(database)
    assert refusal.value.ground == "sessions"
    assert database.query("TABLE alembic_version") == [("r1",)]
    project.upgrade(database, "r2")
    old.close()
    project.upgrade(database)
    project.downgrade(database, "r2")
    new.cursor().execute("SET application_name = 'monps'")
    project.upgrade(database, **allowing("sessions", "it is the report, which reads nothing of it"))
    new.close()
    assert database.query("TABLE alembic_version") == [("r4",)]
