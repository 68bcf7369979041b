"""Revisions parsed as text have the attributes that Alembic reads; Alembic reads unclear ones."""

from pathlib import Path
from typing import Final

import pytest
from alembic.script import ScriptDirectory

from schemaproof.errors import HistoryError
from schemaproof.history import revision_files
from schemaproof.history.history import History, load_history
from schemaproof.project import Project
from schemaproof_testing.alembic_scripts import alembic_config
from schemaproof_testing.project import PROJECT

BRANCHED: Final = {
    "a": (None, None),
    "b": ("a", None),
    "c": ("a", None),
    "d": (("b", "c"), None),
    "e": ("d", None),
    "x": (None, "b"),
}


UPGRADE: Final = "def upgrade() -> None: ...\n"


def make(root: Path, revisions: dict[str, tuple[object, object]]) -> Project:
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "migrations" / "env.py").write_text("", "utf-8")
    (root / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n", "utf-8")
    for name, (down, depends) in revisions.items():
        (versions / f"{name}_file.py").write_text(
            f'"""Title of {name}.\n\nMore about it.\n"""\n'
            f"revision: str = {name!r}\ndown_revision = {down!r}\ndepends_on = {depends!r}\n"
            f"{UPGRADE}",
            "utf-8",
        )
    return Project(root, root / "migrations")


def by_alembic(project: Project) -> tuple[set[str], set[str], dict[str, str]]:
    script = ScriptDirectory.from_config(alembic_config(project, quiet=True))
    found = {one.revision: one.doc for one in script.walk_revisions()}
    return set(found), set(script.get_heads()), found


def by_text(history: History) -> tuple[set[str], set[str], dict[str, str]]:
    titles = {one.id: one.title for one in history.revisions.values()}
    return set(history.revisions), set(history.heads), titles


def test_our_own_history_is_read_as_alembic_reads_it() -> None:
    assert revision_files.read(PROJECT) is not None
    assert by_text(load_history(PROJECT)) == by_alembic(PROJECT)


def test_branches_merges_and_dependencies_are_read_as_alembic_reads_them(tmp_path: Path) -> None:
    project = make(tmp_path, dict(BRANCHED))
    assert revision_files.read(project) is not None
    assert by_text(load_history(project)) == by_alembic(project)


def test_every_revision_comes_after_the_ones_that_it_needs(tmp_path: Path) -> None:
    seen: set[str] = set()
    for revision in load_history(make(tmp_path, dict(BRANCHED))).revisions.values():
        assert seen.issuperset(revision.parents)
        seen.add(revision.id)


def test_a_long_history_is_no_problem(tmp_path: Path) -> None:
    chain: dict[str, tuple[object, object]] = {
        f"r{n:04}": (f"r{n - 1:04}" if n else None, None) for n in range(1500)
    }
    history = load_history(make(tmp_path, chain))
    assert history.heads == ("r1499",)
    assert len(history.pending("r0999")) == 500


def test_what_only_python_can_work_out_is_left_to_alembic(tmp_path: Path) -> None:
    project = make(tmp_path, {"a": (None, None)})
    computed = project.script_location / "versions" / "b_file.py"
    computed.write_text('"""B."""\nrevision = "b".lower()\ndown_revision = "a"\n' + UPGRADE)
    assert revision_files.read(project) is None
    assert load_history(project).heads == ("b",)


@pytest.mark.parametrize("option", ["version_locations", "recursive_version_locations"])
def test_revisions_in_other_places_are_left_to_alembic(tmp_path: Path, option: str) -> None:
    project = make(tmp_path, {"a": (None, None)})
    with project.alembic_ini.open("a", encoding="utf-8") as ini:
        ini.write(f"{option} = %(here)s/migrations/versions\n")
    assert revision_files.read(project) is None
    assert load_history(project).heads == ("a",)


@pytest.mark.parametrize(
    "written", ['"b\\n;DROP TABLE a; --"', '"b$$;DROP TABLE a"', '"b\\x1b[2J".lower()']
)
def test_an_id_that_would_not_stay_where_it_is_in_a_script_is_refused(
    tmp_path: Path, written: str
) -> None:
    project = make(tmp_path, {"a": (None, None)})
    file = project.script_location / "versions" / "b_file.py"
    file.write_text(f'"""B."""\nrevision = {written}\ndown_revision = "a"\n{UPGRADE}')
    with pytest.raises(HistoryError, match=r"b_file\.py: the revision id 'b") as refusal:
        load_history(project)
    assert str(refusal.value).isprintable()
