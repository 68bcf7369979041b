"""Merge two heads: by a revision that follows both, or by putting one branch after the other."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

from schemaproof.errors import ConfigurationError, HistoryError
from schemaproof.history.revision_files import RevisionFile
from schemaproof.rewriting import linear, merge
from schemaproof_testing.gate_runs import allowing
from schemaproof_testing.own_project import REVISION, OwnProject
from schemaproof_testing.own_project import run_beside_scratch as run
from schemaproof_testing.servers import Database

CREATE: Final = 'op.execute("CREATE TABLE public.one (id int)")'
DROP: Final = 'op.execute("DROP TABLE public.one")'


def add(project: OwnProject, name: str, follows: str | None, sql: str, undo: str) -> Path:
    """Add a revision of a branch."""
    file = project.folder / "migrations" / "versions" / f"{name}.py"
    text = REVISION.format(
        revision=name,
        down_revision=follows,
        upgrade=f"op.execute({sql!r})",
        downgrade=f"op.execute({undo!r})",
    )
    file.write_text(f'"""Revision {name}.\n\nRevises: {follows}\n"""\n{text}', "utf-8")
    return file


@pytest.fixture
def project(own_project: OwnProject) -> OwnProject:
    """A history with r1, and after it the branches a1, a2 and b1, b2."""
    own_project.add(CREATE, DROP)
    add(own_project, "a1", "r1", "ALTER TABLE one ADD a int", "ALTER TABLE one DROP a")
    add(own_project, "a2", "a1", "CREATE INDEX one_a ON one (a)", "DROP INDEX one_a")
    add(own_project, "b1", "r1", "ALTER TABLE one ADD b int", "ALTER TABLE one DROP b")
    add(own_project, "b2", "b1", "CREATE TABLE two ()", "DROP TABLE two")
    own_project.record()
    return own_project


@pytest.mark.slow
def test_branches_that_do_not_collide_are_merged_and_recorded(
    project: OwnProject, database: Database
) -> None:
    project.upgrade(database, "a2", **allowing("heads", "a test"))
    outcome = run(project, database, "merge", "-m", "both").succeeded()
    assert "a2 and b2 produce the same schema in both orders" in outcome.out
    assert run(project, database, "snapshot").out.count("unchanged") == 6
    project.upgrade(database)
    assert len(database.query("TABLE alembic_version")) == 1
    assert run(project, database, "merge").code == 2


@pytest.mark.slow
def test_the_branch_that_nobody_has_applied_follows_the_other(
    project: OwnProject, database: Database
) -> None:
    project.upgrade(database, "b2", **allowing("heads", "a test"))
    outcome = run(project, database, "merge", "--linear").succeeded()
    file = project.folder / "migrations" / "versions" / "a1.py"
    assert f"a1 follows b2 now: {file}" in outcome.out
    assert "down_revision = 'b2'" in file.read_text("utf-8")
    assert "Revises: b2\n" in file.read_text("utf-8")
    assert run(project, database, "snapshot").out.count("unchanged") == 5
    project.upgrade(database)
    assert database.query("TABLE alembic_version") == [("a2",)]


@pytest.mark.slow
def test_branches_that_both_are_applied_do_not_move(
    project: OwnProject, database: Database
) -> None:
    project.upgrade(database, "a1", **allowing("heads", "a test"))
    project.upgrade(database, "b1", **allowing("heads", "a test"))
    before = (project.folder / "migrations" / "versions" / "a1.py").read_bytes()
    outcome = run(project, database, "merge", "--linear")
    assert outcome.code == 6
    assert (
        "neither branch can follow the other: b1 is applied in the database; a1 is applied"
        in outcome.err
    )
    assert (project.folder / "migrations" / "versions" / "a1.py").read_bytes() == before


@pytest.mark.slow
def test_what_collides_is_said_and_nothing_is_written(
    project: OwnProject, database: Database
) -> None:
    add(project, "a3", "a2", "ALTER TABLE one ADD c int", "ALTER TABLE one DROP c")
    add(project, "b3", "b2", "ALTER TABLE one ADD c text", "ALTER TABLE one DROP c")
    project.record()
    files = sorted(project.folder.rglob("*.*"))
    outcome = run(project, database, "merge")
    assert outcome.code == 1
    assert "fails: a3, then b3: " in outcome.out
    assert "fails: b3, then a3: " in outcome.out
    assert run(project, database, "merge", "--linear").code == 6
    assert [one for one in sorted(project.folder.rglob("*.*")) if "pyc" not in one.name] == [
        one for one in files if "pyc" not in one.name
    ]


@pytest.mark.slow
def test_an_order_that_leads_elsewhere_is_said(project: OwnProject, database: Database) -> None:
    sql = "COMMENT ON TABLE one IS {!r}"
    add(project, "a3", "a2", sql.format("by a"), "SELECT")
    add(project, "b3", "b2", sql.format("by b"), "SELECT")
    project.record()
    outcome = run(project, database, "merge")
    assert outcome.code == 1
    assert "~ public.one  table-comment: by b → by a" in outcome.out
    run(project, database, "merge", "--linear").succeeded()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('down_revision = "old"\n', 'down_revision = "new"\n'),
        ("down_revision: str | None = 'old'  # é\n", "down_revision: str | None = 'new'  # é\n"),
        (
            '"""T.\n\nRevises: old\n"""\ndown_revision = None',
            '"""T.\n\nRevises: new\n"""\ndown_revision = \'new\'',
        ),
    ],
)
def test_what_a_file_follows_is_written_in_its_place(text: str, expected: str) -> None:
    assert linear.with_parent(text, "new", Path("a.py")) == expected


@pytest.mark.parametrize("text", ["x = 1", "down_revision = ('a', 'b')", "down_revision = f()"])
def test_what_it_follows_otherwise_is_left(text: str) -> None:
    with pytest.raises(HistoryError, match="does not assign one text to down_revision"):
        linear.with_parent(text, "new", Path("a.py"))


def test_a_branch_that_a_tag_holds_is_released(tmp_path: Path) -> None:
    files = [RevisionFile("r", (), (), "", tmp_path / "r.py")]
    files += [RevisionFile(one, ("r",), (), "", tmp_path / f"{one}.py") for one in ("a", "b")]
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    for name, tag in (("r", None), ("a", "1.4"), ("b", None)):
        (tmp_path / f"{name}.py").write_text("", "utf-8")
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "--quiet", "-m", name], check=True)
        if tag:
            subprocess.run([*git, "tag", tag], check=True)
    found = linear.branch(files, "a", "b", frozenset(), tmp_path)
    assert found.hindrance == "a is released in 1.4"
    assert linear.branch(files, "b", "a", frozenset(), tmp_path).hindrance is None


def test_without_two_heads_nothing_is_merged() -> None:
    with pytest.raises(ConfigurationError, match="there is no revision"):
        merge.heads_to_merge([], [])
