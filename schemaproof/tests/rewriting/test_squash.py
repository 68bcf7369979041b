"""Squash revisions into one: same schema and rows, and databases between them can go on."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from schemaproof.errors import ConfigurationError, HistoryError
from schemaproof.history import alembic_options
from schemaproof.history.history import read_revisions
from schemaproof.history.revision_files import RevisionFile
from schemaproof.rewriting import squash
from schemaproof.rewriting.put_away import put_away
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.own_project import run_beside_scratch as run
from schemaproof_testing.project import Outcome
from schemaproof_testing.servers import Database, create_database

ONE: Final = """
CREATE TABLE one (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, old int);
INSERT INTO one (name) VALUES ('it''s 10:30'), (NULL)
"""
TWO: Final = "ALTER TABLE one DROP old; ALTER TABLE one ADD kind text NOT NULL DEFAULT 'x'"
THREE: Final = """
CREATE TABLE two (one int REFERENCES one, at date); INSERT INTO two VALUES (2, '2024-02-29');
CREATE VIEW three AS SELECT count(*) FROM two; UPDATE one SET kind = 'y' WHERE id = 1
"""
REVISIONS: Final = (ONE, TWO, THREE)
UNDONE: Final = (
    "DROP TABLE one",
    "ALTER TABLE one ADD old int; ALTER TABLE one DROP kind",
    "DROP VIEW three; DROP TABLE two",
)


@pytest.fixture
def project(own_project: OwnProject) -> OwnProject:
    """A history in which r1 to r3 are squashed, and r4 follows them."""
    for sql, undo in zip(REVISIONS, UNDONE, strict=True):
        own_project.add(f"op.execute({_escaped(sql)!r})", f"op.execute({undo!r})")
    own_project.add('op.execute("CREATE TABLE four ()")', 'op.execute("DROP TABLE four")')
    own_project.record()
    return own_project


def _escaped(sql: str) -> str:
    return sql.replace(":30", "\\:30")


def wrong(outcome: Outcome) -> list[str]:
    """Return the findings about history and database; the models belong to another project."""
    return [one for one in outcome.text.splitlines() if one.startswith(("tampered", "drift"))]


def content(database: Database) -> list[object]:
    """Return all rows, and the next value of the identity."""
    found = [database.query(f"TABLE {table}") for table in ("one", "two", "three", "four")]
    next_one = database.query("SELECT nextval(pg_get_serial_sequence('one', 'id'))")
    return [*found, next_one]


@pytest.mark.slow
def test_one_revision_makes_the_same_and_databases_in_the_middle_go_on(
    project: OwnProject, database: Database
) -> None:
    with ExitStack() as stack:
        opened = {
            at: stack.enter_context(create_database(database.server))
            for at in ("r1", "r2", "r3", "r4", None)
        }
        for at, one in opened.items():
            if at is not None:
                project.upgrade(one, at)
        squashed = run(project, database, "squash", "r3", "-m", "All of it").succeeded()
        assert "one revision of 3, with the same schema" in squashed.out
        assert "carried 2 rows of public.one" in squashed.out
        versions = project.folder / "migrations" / "versions"
        assert sorted(one.name for one in versions.glob("*.py")) == ["r3.py", "r4.py"]
        assert run(project, database, "snapshot").out.split() == [
            "r3",
            "unchanged",
            "r4",
            "unchanged",
        ]
        assert wrong(run(project, opened["r2"], "check")) == []
        assert run(project, opened["r2"], "plan").code == 0
        assert wrong(run(project, opened["r3"], "check")) == []
        for at, one in opened.items():
            upgraded = run(project, one, "upgrade")
            assert upgraded.code == 0, (at, upgraded.text)
            assert wrong(run(project, one, "check")) == []
        found = {at: content(one) for at, one in opened.items()}
        assert all(one == found["r4"] for one in found.values()), found
        assert run(project, opened[None], "downgrade", "base", "--accept-data-loss").code == 0


@pytest.mark.slow
def test_squashed_again_the_first_files_stay(project: OwnProject, database: Database) -> None:
    project.upgrade(database, "r1")
    assert run(project, database, "squash", "r2").code == 0
    assert run(project, database, "squash", "r4").code == 0
    folder = project.folder / "migrations" / "squashed"
    assert sorted(one.name for one in folder.glob("*.py")) == [f"r{n}.py" for n in (1, 2, 3, 4)]
    run(project, database, "upgrade").succeeded()
    assert database.query("TABLE alembic_version") == [("r4",)]


@pytest.mark.slow
def test_when_it_cannot_be_proved_all_is_as_it_was(
    project: OwnProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _files(project)
    own = squash.files_to_squash(project.project, read_revisions(project.project), "r3")
    monkeypatch.setattr(squash, "repair", lambda *_, **__: [])
    with pytest.raises(HistoryError):
        squash.squash(project.project, own, "t")
    assert _files(project) == before


@pytest.mark.slow
@pytest.mark.parametrize("moved", [0, 1, 5, 6])
def test_after_a_kill_the_next_run_begins_anew(
    project: OwnProject, database: Database, moved: int
) -> None:
    before = _files(project)
    own = squash.files_to_squash(project.project, read_revisions(project.project), "r3")
    _killed_after(project, own, moved)
    assert (project.folder / "migrations" / "squashed" / "unfinished.json").exists()
    squashed = run(project, database, "squash", "r3").succeeded()
    assert "restored the files that a killed squash had moved" in squashed.out
    run(project, database, "upgrade").succeeded()
    after = _files(project)
    for name in ("r1.py", "r2.py", "r3.py"):
        [old] = [text for one, text in before.items() if one.endswith(f"/versions/{name}")]
        assert [text for one, text in after.items() if one.endswith(f"/squashed/{name}")] == [old]
    assert not [*(project.folder / "migrations" / "squashed").glob("unfinished*")]


def _killed_after(project: OwnProject, own: list[RevisionFile], moved: int) -> None:
    if (pid := os.fork()) == 0:
        unlink, left = Path.unlink, [moved]

        def kill(path: Path, *, missing_ok: bool = False) -> None:
            if left[0] == 0:
                os._exit(9)
            left[0] -= 1
            unlink(path, missing_ok=missing_ok)

        setattr(Path, "unlink", kill)  # noqa: B010 - in a process that ends
        try:
            with put_away(project.project, own):
                os._exit(9)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9


def _files(project: OwnProject) -> dict[str, bytes]:
    return {
        str(one): one.read_bytes()
        for one in (project.folder / "migrations").rglob("*")
        if one.suffix in {".py", ".json"}
    }


def file(name: str, *follows: str) -> RevisionFile:
    return RevisionFile(name, follows, (), "", Path(f"{name}.py"))


FILES: Final = [
    file("a"),
    file("b1", "a"),
    file("b2", "a"),
    file("m", "b1", "b2"),
    file("z", "m"),
]


@pytest.mark.parametrize(
    ("revision", "error", "message"),
    [
        ("q", ConfigurationError, "no revision begins with 'q'"),
        ("b", ConfigurationError, "several revisions begin with 'b'"),
        ("a", ConfigurationError, "no revision precedes a: nothing to squash"),
        ("b1", HistoryError, "b2 needs a, which would become part of the squashed revision"),
    ],
)
def test_what_cannot_become_one_is_refused(
    own_project: OwnProject, revision: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        squash.files_to_squash(own_project.project, FILES, revision)


@pytest.mark.parametrize(
    "key", [*alembic_options.ELSEWHERE, "start"], ids=lambda key: f"with {key}"
)
def test_revisions_that_stand_elsewhere_are_refused(own_project: OwnProject, key: str) -> None:
    project = own_project.project
    if key == "start":
        project = replace(project, start="a")
    else:
        ini = own_project.ini.read_text("utf-8")
        own_project.ini.write_text(ini.replace("[alembic]", f"[alembic]\n{key} = true"), "utf-8")
    with pytest.raises(ConfigurationError, match="squash needs revisions in versions/"):
        squash.files_to_squash(project, FILES, "m")


def test_branches_that_come_together_become_one(own_project: OwnProject) -> None:
    found = squash.files_to_squash(own_project.project, FILES, "m")
    assert [one.id for one in found] == ["a", "b1", "b2", "m"]
