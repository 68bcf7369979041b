"""The gate on real databases: what it refuses, what is rolled back, what it allows."""

import pytest

from schemaproof.errors import ConfigurationError, MigrationRefusedError
from schemaproof_testing.existing_databases import SMALL, load
from schemaproof_testing.gate_runs import allowing, tables
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Alembic, Programs, revisions
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

ONE = 'op.execute("CREATE TABLE public.one (id int)")'
TWO = 'op.execute("CREATE TABLE public.two (id int)")'


@pytest.fixture
def project(own_project: OwnProject, database: Database) -> OwnProject:
    """A database at r1, with r2 pending."""
    own_project.add(ONE, 'op.execute("DROP TABLE public.one")')
    own_project.add(TWO, 'op.execute("DROP TABLE public.two")')
    own_project.record()
    own_project.upgrade(database, "r1")
    return own_project


@pytest.mark.parametrize("mode", ["new", "strict"])
def test_drift_since_the_last_migration_refuses_the_next(
    project: OwnProject, database: Database, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("MIGRATION_GATE", mode)
    database.execute("ALTER TABLE public.one ADD COLUMN mine int")
    with pytest.raises(MigrationRefusedError, match=r"column-unexpected public\.one\.mine"):
        project.upgrade(database)
    with pytest.raises(MigrationRefusedError, match=r"column-unexpected public\.one\.mine"):
        project.downgrade(database, "base")
    assert tables(database) == {"one"}


def test_drift_is_let_pass_with_a_reason_that_is_recorded_and_is_known_from_then_on(
    project: OwnProject, database: Database
) -> None:
    database.execute("ALTER TABLE public.one ADD COLUMN mine int")
    project.upgrade(database, **allowing("drift", "the night shift knows"))
    assert rows(database, "revision, allowed, reason")[-1] == (
        "r2",
        ["drift"],
        "the night shift knows",
    )
    project.downgrade(database, "r1")
    assert tables(database) == {"one"}


def test_known_is_what_the_last_step_left_though_the_clock_was_set_back(
    project: OwnProject, database: Database
) -> None:
    database.superuser.execute(
        "UPDATE public.monps_migration_ledger SET applied_at = now() + interval '1 year'"
    )
    database.execute("ALTER TABLE public.one ADD COLUMN mine int")
    project.upgrade(database, **allowing("drift", "the night shift knows"))
    project.downgrade(database, "r1")
    assert tables(database) == {"one"}


def test_mode_strict_refuses_also_what_is_known(
    project: OwnProject, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute("ALTER TABLE public.one ADD COLUMN mine int")
    project.upgrade(database, **allowing("drift", "the night shift knows"))
    monkeypatch.setenv("MIGRATION_GATE", "strict")
    with pytest.raises(MigrationRefusedError):
        project.downgrade(database, "r1")


def test_mode_off_refuses_nothing_and_needs_a_reason(
    project: OwnProject, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATION_GATE", "off")
    database.execute("ALTER TABLE public.one ADD COLUMN mine int")
    with pytest.raises(ConfigurationError, match="MIGRATION_GATE=off needs a reason"):
        project.upgrade(database)
    project.upgrade(database, **allowing("", "no time"))
    assert rows(database, "revision, reason")[-1] == ("r2", "no time")


def test_plain_alembic_takes_the_reason_by_x(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade("c1f6a83d9b05")
    database.execute("ALTER TABLE quantum.team_quantum_dna ADD COLUMN mine int")
    refused = programs.alembic("upgrade", "head")
    assert "FAILED: the database has changed since the last migration" in refused.out
    assert "-x allow=drift -x reason=" in refused.out
    allowed = ("-x", "allow=drift", "-x", "reason=so be it")
    assert programs.alembic(*allowed, "upgrade", "head").code == 0
    assert rows(database, "revision, reason")[-1] == (revisions()[-1], "so be it")


def test_a_revision_file_that_was_changed_after_it_was_recorded_refuses(
    project: OwnProject, database: Database
) -> None:
    changed = project.folder / "migrations" / "versions" / "r1.py"
    changed.write_text(changed.read_text("utf-8") + "\n# changed\n", "utf-8")
    with pytest.raises(MigrationRefusedError, match="revision-file-changed r1") as refusal:
        project.upgrade(database)
    assert refusal.value.ground == "tampering"
    project.upgrade(database, **allowing("tampering", "a typo"))
    assert tables(database) == {"one", "two"}


def test_a_revision_that_was_applied_with_another_file_refuses_though_its_record_was_renewed(
    project: OwnProject, database: Database
) -> None:
    changed = project.folder / "migrations" / "versions" / "r1.py"
    changed.write_text(changed.read_text("utf-8") + "\n# changed\n", "utf-8")
    project.record()
    with pytest.raises(MigrationRefusedError, match="revision-applied-otherwise r1") as refusal:
        project.upgrade(database)
    assert refusal.value.ground == "tampering"
    assert tables(database) == {"one"}


def test_mode_off_lets_tampering_pass(
    project: OwnProject, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATION_GATE", "off")
    changed = project.folder / "migrations" / "versions" / "r1.py"
    changed.write_text(changed.read_text("utf-8") + "\n# changed\n", "utf-8")
    project.upgrade(database, **allowing("", "no time"))
    assert tables(database) == {"one", "two"}


def test_several_heads_refuse(project: OwnProject, database: Database) -> None:
    text = (project.folder / "migrations" / "versions" / "r2.py").read_text("utf-8")
    other = text.replace('revision = "r2"', 'revision = "other"').replace("public.two", "public.b")
    (project.folder / "migrations" / "versions" / "other.py").write_text(other, "utf-8")
    with pytest.raises(MigrationRefusedError, match="several heads") as refusal:
        project.upgrade(database, "r2")
    assert refusal.value.ground == "heads"
    project.upgrade(database, "r2", **allowing("heads", "merged tomorrow"))
    assert tables(database) == {"one", "two"}


@pytest.mark.parametrize(
    ("body", "difference"),
    [
        ("pass", "table-missing public.two"),
        (
            'op.execute("CREATE TABLE public.two (id bigint)")',
            "column-type public.two.id",
        ),
        (
            f'{TWO}; op.execute("ALTER TABLE public.one ADD x int")',
            "column-unexpected public.one.x",
        ),
    ],
)
def test_a_revision_that_does_not_lead_to_its_snapshot_is_rolled_back(
    own_project: OwnProject, database: Database, body: str, difference: str
) -> None:
    own_project.add(ONE)
    own_project.add(TWO)
    own_project.record()
    file = own_project.folder / "migrations" / "versions" / "r2.py"
    file.write_text(file.read_text("utf-8").replace(TWO, body), "utf-8")
    tampering = allowing("tampering", "for the test")
    with pytest.raises(
        MigrationRefusedError, match="r2 produced a schema that differs from its snapshot"
    ) as e:
        own_project.upgrade(database, **tampering)
    assert difference in e.value.message
    assert tables(database) == {"one"}
    assert rows(database, "revision, outcome") == [("r1", "done"), ("r2", "failed")]


def test_a_revision_that_leaves_alone_what_it_was_to_change_is_rolled_back(
    project: OwnProject, database: Database
) -> None:
    alter = 'op.execute("ALTER TABLE public.one ADD x int")'
    project.add(alter)
    project.record()
    file = project.folder / "migrations" / "versions" / "r3.py"
    file.write_text(file.read_text("utf-8").replace(alter, "pass"), "utf-8")
    for _ in range(2):  # A difference that made an attempt fail must not become known drift.
        with pytest.raises(MigrationRefusedError, match=r"column-missing public\.one\.x"):
            project.upgrade(database, **allowing("tampering", "for the test"))
    assert rows(database, "revision, outcome")[-2:] == [("r3", "failed")] * 2


def test_a_table_in_another_shape_that_a_revision_leaves_alone_is_not_held_against_it(
    any_database: Database,
) -> None:
    load(any_database, SMALL)
    alembic = Alembic(any_database)
    alembic.upgrade()
    alembic.downgrade("abbc4f65c12b")
    assert [direction for (direction,) in rows(any_database, "direction")] == [
        *["upgrade"] * (len(revisions()) - 1),
        *["downgrade"] * (len(revisions()) - 1),
    ]


def test_mode_strict_holds_it_against_the_revision(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(database, SMALL)
    monkeypatch.setenv("MIGRATION_GATE", "strict")
    with pytest.raises(MigrationRefusedError, match="changed since the last migration"):
        Alembic(database).upgrade()


def test_a_stamp_passes_whatever_is_there_and_says_what_it_found(
    project: OwnProject, database: Database
) -> None:
    database.execute("DROP TABLE public.one")
    project.stamp(database, "r2")
    assert "table-missing public.one" in project.printed
    assert rows(database, "revision, direction, outcome")[-1] == ("r2", "stamp", "done")
