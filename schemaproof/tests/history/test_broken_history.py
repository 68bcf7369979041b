"""Every command reports all faults of a broken history at once, with file and line."""

import json
import os
from pathlib import Path
from typing import Final

import pytest

from schemaproof.history.broken_history import BrokenHistoryError
from schemaproof.history.history import load_history, read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.project import Project
from schemaproof_testing.broken_revisions import FAULTS, UPGRADE, broken, project_in, text
from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.servers import Database


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_an_error_with_file_line_and_remedy(tmp_path: Path, fault: str) -> None:
    (begins,) = broken(tmp_path / "migrations" / "versions", fault)
    project = project_in(tmp_path)
    with pytest.raises(BrokenHistoryError) as error, ProjectProbe(project) as probe:
        read_revisions(project, probe)
    (line,) = str(error.value).split("\n")
    assert line.startswith(f"migrations/versions/{begins}")


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    names = ["markers", "syntax", "import", "upgrade", "raises"]
    begin = broken(tmp_path / "migrations" / "versions", *names)
    for name in ("one.py", "two.py"):
        other = text(name, "gone") if name == "one.py" else text("a1")
        (tmp_path / "migrations" / "versions" / name).write_text(other, "utf-8")
    with pytest.raises(BrokenHistoryError) as error:
        load_history(project_in(tmp_path))
    lines = str(error.value).split("\n")
    assert len(lines) == len(names) + 2
    for one in (*begin, "one.py:4: down_revision is gone", "two.py:3: a1_f"):
        assert any(line.startswith(f"migrations/versions/{one}") for line in lines), (one, lines)


def test_a_parent_whose_file_is_faulty_is_not_missing(tmp_path: Path) -> None:
    broken(tmp_path / "migrations" / "versions", "syntax")
    follows = tmp_path / "migrations" / "versions" / "c.py"
    follows.write_text(text("c1", "b1"), "utf-8")
    with pytest.raises(BrokenHistoryError, match=r"b0\.py:8: SyntaxError") as error:
        load_history(project_in(tmp_path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("fault", ["markers", "syntax", "bytes", "nobody's link"])
def test_without_the_projects_python_what_is_certain_is_said(tmp_path: Path, fault: str) -> None:
    broken(tmp_path / "migrations" / "versions", fault)
    project = project_in(tmp_path)
    without = Project(tmp_path, project.script_location, python=tmp_path / "no" / "python")
    with pytest.raises(BrokenHistoryError, match=r"versions/b0\.py:\d+: "):
        load_history(without)


def test_a_dependency_may_be_a_label_or_the_beginning_of_an_id(tmp_path: Path) -> None:
    folder = tmp_path / "migrations" / "versions"
    broken(folder)
    label = 'branch_labels = ("accounts",)\n'
    (folder / "b.py").write_text(text("b1", None, label + UPGRADE), "utf-8")
    (folder / "c.py").write_text(text("c1", "a2", needs="accounts"), "utf-8")
    (folder / "d.py").write_text(text("d100", "b1"), "utf-8")
    (folder / "e.py").write_text(text("e1", "c1", needs=["d10"]), "utf-8")
    project = project_in(tmp_path)
    found = load_history(project)
    assert found.revisions["c1"].parents == ("a2", "b1")
    assert found.revisions["e1"].parents == ("c1", "d100")
    with ProjectProbe(project) as probe:
        assert {one.id: one.needs for one in read_revisions(project, probe)} == {
            one.id: one.parents for one in found.revisions.values()
        }


@pytest.fixture
def project(database: Database, tmp_path: Path) -> OtherProject:
    made = make_project(tmp_path, database)
    made.configure(metadata='"models:Base.metadata"', script_location='"alembic"')
    return made


COMMANDS: Final = (
    ("check",),
    ("check", "--offline"),
    ("lint", "--offline"),
    ("history",),
    ("status",),
    ("snapshot",),
    ("upgrade",),
    ("plan",),
)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["duplicate", "parent", "markers", "import", "circle", "upgrade"])
def test_every_command_says_it_with_the_exit_code_of_tampering(
    project: OtherProject, fault: str
) -> None:
    (begins,) = broken(project.versions, fault)
    place, message = begins.split(": ")[:2]
    for command in COMMANDS:
        done = project.programs.run("schemaproof", *command)
        assert done.code == 4, (command, done.text)
        assert f"alembic/versions/{place}" in done.text, (command, done.text)
        assert message in done.text, (command, done.text)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "lint"])
def test_every_format_has_file_and_line(project: OtherProject, command: str) -> None:
    broken(project.versions, "parent", "import")
    offline = (command, "--offline", "--format")

    def report(format_: str) -> str:
        done = project.programs.run("schemaproof", *offline, format_)
        assert done.code == 4
        return done.out

    files = ["alembic/versions/b0.py", "alembic/versions/b1.py"]
    github = report("github")
    assert f"::error file={files[0]},line=4,title=" in github
    assert f"::error file={files[1]},line=1,title=" in github
    (run,) = json.loads(report("sarif"))["runs"]
    places = [one["locations"][0]["physicalLocation"] for one in run["results"]]
    assert sorted(one["artifactLocation"]["uri"] for one in places) == files
    findings = json.loads(report("json"))["findings"]
    lines = {one["file"]: one["line"] for one in (one.get("location", one) for one in findings)}
    assert lines == dict(zip(files, (4, 1), strict=True))


@pytest.mark.slow
def test_a_recorded_revision_that_stops_importing_is_found(project: OtherProject) -> None:
    """A module that the revision imports is deleted; its own file is unchanged."""
    project.write("helpers.py", "NAME = 1\n")
    first = text("a1", None, UPGRADE, above="from helpers import NAME\n")
    project.write("alembic/versions/a1_first.py", first)
    assert project.programs.run("schemaproof", "snapshot").code == 0
    project.write("helpers.py", "")
    project.write("models.py", (project.folder / "models.py").read_text() + "\nMORE = 1\n")
    for command in (("check", "--offline"), ("lint", "--offline"), ("status",), ("upgrade",)):
        done = project.programs.run("schemaproof", *command)
        assert done.code == 4, (command, done.text)
        assert "alembic/versions/a1_first.py:1: ImportError: cannot import name" in done.text or (
            "cannot import name" in done.text and "a1_first.py:1" in done.text
        )


@pytest.mark.slow
def test_alembic_itself_says_it_where_env_py_is_ours(
    project: OtherProject, database: Database
) -> None:
    project.write(
        "alembic/env.py",
        "import os\nfrom alembic import context\nfrom models import Base\n"
        "from schemaproof.alembic import run_migrations\nfrom sqlalchemy import create_engine\n"
        'with create_engine(os.environ["URL"]).connect() as connection:\n'
        "    run_migrations(connection, target_metadata=Base.metadata)\n",
    )
    broken(project.versions, "parent", "import")
    url = database.url.render_as_string(hide_password=False)
    done = project.programs.run("alembic", "upgrade", "heads", URL=url)
    assert done.code == 4, done.text
    assert "alembic/versions/b1.py:1: ModuleNotFoundError" in done.text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    broken(tmp_path / "migrations" / "versions")
    (tmp_path / "migrations" / "versions" / "a2_second.py").chmod(0)
    with pytest.raises(BrokenHistoryError, match=r"a2_second\.py:1: it cannot be read: Permission"):
        load_history(project_in(tmp_path))
