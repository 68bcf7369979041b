"""The gate refuses an upgrade whose pending revisions the linter reports as unsafe."""

import subprocess
import sys

import pytest

from schemaproof.errors import MigrationRefusedError
from schemaproof.history.history import load_history
from schemaproof.migrate.gate_overrides import ATTRIBUTE, GateOverrides
from schemaproof_testing.gate_runs import allowing, tables
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import CONFIGURATION as OURS
from schemaproof_testing.project import Alembic, Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

CONFIGURATION = f'{OURS}lint-ignore = ["downgrade-missing"]\n'
CREATE = 'op.execute("CREATE TABLE public.one (id int, b int)")'
UNSAFE = 'op.execute("ALTER TABLE public.one ALTER COLUMN b SET NOT NULL")'
SAFE = 'op.execute("ALTER TABLE public.one ALTER COLUMN b DROP NOT NULL")'
FILL = 'op.execute("UPDATE public.one SET b = 0 WHERE b IS NULL")'


@pytest.fixture
def project(own_project: OwnProject, database: Database) -> OwnProject:
    """A database at r1, whose table has a row with a null; the linter is enabled."""
    (own_project.folder / "pyproject.toml").write_text(CONFIGURATION, "utf-8")
    own_project.add(CREATE, 'op.execute("DROP TABLE public.one")')
    own_project.record()
    own_project.upgrade(database)
    database.execute("INSERT INTO public.one VALUES (1, NULL)")
    return own_project


def pending(project: OwnProject, *upgrades: str) -> OwnProject:
    for upgrade in upgrades:
        project.add(upgrade, SAFE)
    project.record()
    return project


def unrecorded(project: OwnProject, *upgrades: str) -> OwnProject:
    for upgrade in upgrades:
        project.add(upgrade, SAFE)
    return project


def test_rows_in_the_way_refuse_before_anything_is_done(
    project: OwnProject, database: Database
) -> None:
    pending(project, 'op.execute("CREATE TABLE public.two ()")', UNSAFE)
    with pytest.raises(MigrationRefusedError) as refusal:
        project.upgrade(database)
    assert refusal.value.ground == "lint"
    assert refusal.value.message.startswith(
        "pending revisions are unsafe: not-null-violated (r3.py:9) public.one: b: 1 row in the way"
    )
    assert "--allow lint --reason" in refusal.value.remedy
    assert rows(database, "revision, outcome") == [("r1", "done")]


def test_it_is_let_pass_with_a_reason_that_is_recorded(
    project: OwnProject, database: Database
) -> None:
    unrecorded(project, 'print("hello"); import core.errors; op.execute("SELECT 1")')
    project.upgrade(database, **allowing("lint", "it is only once"))
    assert rows(database, "revision, allowed, reason")[-1] == ("r2", ["lint"], "it is only once")


def test_what_the_project_does_not_want_to_hear_refuses_nothing(
    project: OwnProject, database: Database
) -> None:
    unrecorded(project, "import core.errors")
    with pytest.raises(MigrationRefusedError, match=r"application-import \(r2\.py:9\)"):
        project.upgrade(database)
    ignoring = CONFIGURATION.replace('ignore = ["', 'ignore = ["r2:application-import", "')
    (project.folder / "pyproject.toml").write_text(ignoring, "utf-8")
    project.upgrade(database)
    assert rows(database)[-1] == ("r2", "upgrade")


@pytest.mark.parametrize("upgrades", [[FILL, UNSAFE], [f"{FILL}; {UNSAFE}"]], ids=["two", "one"])
def test_rows_that_are_settled_on_the_way_are_not_in_the_way(
    project: OwnProject, database: Database, upgrades: list[str]
) -> None:
    pending(project, *upgrades)
    project.upgrade(database)
    assert rows(database)[-1] == (f"r{1 + len(upgrades)}", "upgrade")


def test_mode_off_lets_it_pass(
    project: OwnProject, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    unrecorded(project, "import core.errors")
    monkeypatch.setenv("MIGRATION_GATE", "off")
    project.upgrade(database, **allowing("", "no time"))
    assert rows(database)[-1] == ("r2", "upgrade")


def test_what_is_applied_already_refuses_neither_the_next_upgrade_nor_a_downgrade(
    project: OwnProject, database: Database
) -> None:
    pending(project, "import core.errors")
    project.upgrade(database, **allowing("lint", "it is only once"))
    pending(project, 'op.execute("CREATE TABLE public.two ()")')
    project.upgrade(database)
    project.downgrade(database, "r1", **{ATTRIBUTE: GateOverrides(accepts_data_loss=True)})
    assert [direction for _, direction in rows(database)] == [*["upgrade"] * 3, *["downgrade"] * 2]


def test_the_exit_code_of_the_program_is_that_of_an_unsafe_migration(
    project: OwnProject, database: Database
) -> None:
    unrecorded(project, "import core.errors")
    programs = Programs(project.folder, database.environ())
    refused = programs.monps_db("upgrade")
    assert (refused.code, refused.out, refused.err.count("\n")) == (5, "", 1)
    assert programs.monps_db("upgrade", "--allow", "lint", "--reason", "so be it").code == 0


def test_what_the_file_of_a_recorded_revision_says_refuses_nothing(
    project: OwnProject, database: Database
) -> None:
    """The file of a recorded revision is frozen, and others have applied it."""
    pending(project, "import core.errors")
    project.upgrade(database)
    assert rows(database)[-1] == ("r2", "upgrade")


def test_a_recorded_revision_that_was_changed_is_a_new_one(
    project: OwnProject, database: Database
) -> None:
    pending(project, 'op.execute("SELECT 1")')
    file = project.folder / "migrations" / "versions" / "r2.py"
    file.write_text(file.read_text("utf-8").replace("SELECT 1", "COMMIT"), "utf-8")
    with pytest.raises(MigrationRefusedError, match=r"transaction-control \(r2\.py:9\)"):
        project.upgrade(database, **allowing("tampering", "it is only once"))


ENDS = [
    'op.execute("CREATE TABLE public.two ()"); op.execute("COMMIT")',
    'op.execute("CREATE TABLE public.two (); COMMIT; BEGIN")',
    'op.execute("ROLLBACK")',
    "op.get_bind().commit()",
]


@pytest.mark.parametrize("upgrade", ENDS)
def test_a_revision_that_ends_its_transaction_does_not_begin(
    project: OwnProject, database: Database, upgrade: str
) -> None:
    unrecorded(project, upgrade)
    with pytest.raises(MigrationRefusedError, match=r"transaction-control \(r2\.py:9\)") as refusal:
        project.upgrade(database)
    assert refusal.value.ground == "lint"
    assert rows(database, "revision, outcome") == [("r1", "done")]


def test_a_released_revision_that_commits_is_replayed_and_applied_for_what_it_does(
    project: OwnProject, database: Database
) -> None:
    commits = 'op.execute("CREATE TABLE public.two (id int)"); op.execute("COMMIT")'
    pending(project, f'{commits}; op.execute("CREATE TABLE public.three (id int)")')
    recorded = load_history(project.project).snapshot_at("r2")
    assert recorded is not None
    assert {"two", "three"} <= {name for _, name in recorded.relation_names()}
    project.upgrade(database)
    assert rows(database, "revision, outcome")[-1] == ("r2", "done")
    assert tables(database) >= {"two", "three"}


def test_an_upgrade_with_nothing_to_do_does_not_import_the_linter(
    database: Database, programs: Programs
) -> None:
    Alembic(database).upgrade()
    script = (
        "import sys; from alembic import command\n"
        "from schemaproof.project_file import find_project\n"
        "from schemaproof_testing.alembic_scripts import alembic_config\n"
        "command.upgrade(alembic_config(find_project()), 'head')\n"
        "print(sorted(name for name in sys.modules if name.startswith('schemaproof.lint')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=programs.folder,
        env=programs.environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.splitlines() == ["[]"]
