"""The gate on a server whose canonical texts differ from those of the snapshots' server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemaproof.check import text_equivalence
from schemaproof.errors import MigrationRefusedError
from schemaproof_testing.gate_runs import allowing
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.own_project import OwnProject, make_own_project
from schemaproof_testing.servers import Database, Servers, create_database

pytestmark = [
    pytest.mark.majors(15, 18),
    pytest.mark.slow,
]

TABLE = 'op.execute("CREATE TABLE public.one (id int, name text)")'
VIEW = 'op.execute("CREATE VIEW public.seen AS SELECT one.id, one.name FROM public.one")'
TWO = 'op.execute("CREATE TABLE public.two (id int)")'
OTHER = "CREATE OR REPLACE VIEW public.seen AS SELECT one.id, upper(one.name) AS name FROM one"


@pytest.fixture
def fifteen(servers: Servers) -> Iterator[Database]:
    with create_database(servers.get(15)) as database:
        yield database


@pytest.fixture
def eighteen(servers: Servers) -> Iterator[Database]:
    with create_database(servers.get(18)) as database:
        yield database


@pytest.fixture
def project(eighteen: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnProject:
    """A project recorded on 18, which prints the columns of a view without their table."""
    scratch = eighteen.superuser_url.render_as_string(hide_password=False)
    monkeypatch.setenv("DB_SCRATCH_URL", scratch)
    monkeypatch.setenv("MIGRATION_GATE", "strict")
    project = make_own_project(tmp_path / "own")
    for upgrade in (TABLE, VIEW, TWO):
        project.add(upgrade)
    project.record()
    return project


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The revisions for which a scratch database was created."""
    found: list[str] = []
    really = text_equivalence.real_differences

    def real_differences(*arguments: object) -> object:
        found.extend(arguments[1])  # type: ignore[arg-type]
        return really(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(text_equivalence, "real_differences", real_differences)
    return found


def test_a_revision_is_not_held_to_the_print_of_another_major(
    project: OwnProject, fifteen: Database
) -> None:
    project.upgrade(fifteen)
    assert rows(fifteen, "revision, outcome") == [("r1", "done"), ("r2", "done"), ("r3", "done")]


def test_nor_is_the_database_before_the_next_migration(
    project: OwnProject, fifteen: Database
) -> None:
    project.upgrade(fifteen, "r2")
    project.upgrade(fifteen)
    project.downgrade(fifteen, "r2")
    assert [revision for (revision,) in rows(fifteen, "revision")] == ["r1", "r2", "r3", "r3"]


def test_a_text_is_settled_once_in_a_migration(
    project: OwnProject, fifteen: Database, asked: list[str]
) -> None:
    project.upgrade(fifteen)
    assert asked == ["r2"]


def test_equal_texts_are_not_settled(
    project: OwnProject, eighteen: Database, asked: list[str]
) -> None:
    project.upgrade(eighteen)
    assert asked == []


def test_what_is_not_refused_is_not_settled(
    project: OwnProject, fifteen: Database, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATION_GATE", "new")
    project.upgrade(fifteen, "r2", **allowing("drift", "no scratch database is at hand"))
    project.upgrade(fifteen)  # The ledger contains this drift, so it is not new.
    assert asked == []
    assert rows(fifteen, "revision, outcome")[-1] == ("r3", "done")


def test_another_text_is_still_refused(project: OwnProject, fifteen: Database) -> None:
    project.upgrade(fifteen, "r2")
    fifteen.execute(OTHER)
    with pytest.raises(MigrationRefusedError, match=r"view-definition public\.seen"):
        project.upgrade(fifteen)


def test_what_is_no_text_is_refused_without_settling_texts_that_are_known(
    project: OwnProject, fifteen: Database, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATION_GATE", "new")
    project.upgrade(fifteen, "r2", **allowing("drift", "as they are printed there"))
    fifteen.execute("ALTER TABLE public.one ADD COLUMN mine int")
    with pytest.raises(MigrationRefusedError, match=r"column-unexpected public\.one\.mine"):
        project.upgrade(fifteen)
    assert asked == []


def test_what_the_next_revision_is_going_to_make_may_be_printed_otherwise_too(
    project: OwnProject, fifteen: Database
) -> None:
    project.add(f"op.execute({OTHER!r})")
    project.record()
    project.upgrade(fifteen, "r3")
    fifteen.execute(OTHER)
    project.upgrade(fifteen)
    assert rows(fifteen, "revision, outcome")[-1] == ("r4", "done")


def test_without_a_scratch_database_the_refusal_says_that_texts_were_not_settled(
    project: OwnProject, eighteen: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.upgrade(eighteen, "r2")
    eighteen.execute(OTHER)
    monkeypatch.setenv("DB_SCRATCH_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(MigrationRefusedError, match="no scratch database was available to compare"):
        project.upgrade(eighteen)
