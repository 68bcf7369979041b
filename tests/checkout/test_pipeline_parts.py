"""The files that others copy into pipelines: the action, the hooks, the container's entry point."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import yaml

from schemaproof_testing.other_project import FIRST, OtherProject, make_project
from schemaproof_testing.project import ROOT
from schemaproof_testing.servers import Database
from schemaproof_testing.watched import password_url
from tests.support.pipeline_runner import ACTION, ENV, Runner, find

WORKFLOWS: Final = (
    ROOT / ".github" / "workflows" / "ci.yml",
    ROOT / "examples" / "ci" / "github-pull-request.yml",
)
UPGRADE: Final = ROOT / "examples" / "container" / "upgrade"


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_has_nothing_against_the_workflows(workflow: Path) -> None:
    done = subprocess.run(
        [find("actionlint"), str(workflow)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_fetched_by_our_name() -> None:
    """The sources are the checkouts of the action and the hooks, or the container's context."""
    for step in ACTION["runs"]["steps"]:
        assert "install schemaproof" not in step["run"]
        assert step["shell"] == "bash"
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    asked = [one for hook in hooks for one in hook["additional_dependencies"]]
    assert asked
    assert all(one.startswith("./schemaproof") for one in asked)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner on which the first step installs the programs of this environment."""
    made = Runner(tmp_path / "runner")
    programs = made.folder / "schemaproof" / "bin"
    programs.mkdir(parents=True)
    (programs / "schemaproof").symlink_to(Path(sys.executable).with_name("schemaproof"))
    return made


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OtherProject:
    """A project in a subfolder of a repository, with one recorded revision."""
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    folder = repository / "shop"
    folder.mkdir()
    project = make_project(folder, database)
    project.write("alembic/env.py", ENV)
    project.revision("a1", None, FIRST)
    project.programs.run("schemaproof", "snapshot").succeeded()
    return project


@pytest.mark.slow
def test_the_action_on_a_pull_request_that_is_in_order(shop: OtherProject, runner: Runner) -> None:
    shop.configure(
        script_location='"alembic"',
        metadata='"models:Base.metadata"',
        managed_schemas='["shop"]',
        lint_ignore='["downgrade-missing"]',
    )
    done = runner.run(working_directory=str(shop.folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "in sync: " in runner.summary
    assert runner.outputs["exit-code"] == "0"
    assert runner.outputs["body"].strip() == runner.summary.strip()


@pytest.mark.slow
def test_the_action_says_where_models_and_history_differ_and_what_is_unsafe(
    shop: OtherProject, runner: Runner, database: Database
) -> None:
    models = shop.folder / "models.py"
    models.write_text(models.read_text("utf-8").replace("String(100)", "String(50)"), "utf-8")
    shop.revision("a2", "a1", 'op.execute("DROP TABLE shop.customer -- EOF")')
    assert shop.programs.run("schemaproof", "snapshot").code == 0
    done = runner.run(working_directory=str(shop.folder), database_url=password_url(database))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error file=shop/models.py,line=" in done.stdout
    assert "file=shop/alembic/versions/a2_.py,line=" in done.stdout
    for command in ("schemaproof check", "schemaproof lint", "schemaproof plan"):
        assert f"**{command}**: " in runner.summary
    assert "DROP TABLE shop&#46;customer" in runner.summary
    assert runner.outputs["exit-code"] == "1"
    assert Path(runner.outputs["report"]).read_text("utf-8") == runner.summary
    assert database.password not in done.stdout + done.stderr + runner.summary


@pytest.mark.slow
def test_the_action_says_what_could_not_complete(shop: OtherProject, runner: Runner) -> None:
    shop.write("models.py", "import nothing_of_that_name\n")
    done = runner.run(working_directory=str(shop.folder))
    assert done.returncode == 2
    assert "**schemaproof check** could not complete (exit code 2)" in runner.summary
    assert "nothing_of_that_name" in done.stderr


@pytest.mark.slow
def test_the_action_installs_from_its_own_checkout(tmp_path: Path) -> None:
    made = Runner(tmp_path)
    made.install()
    program = tmp_path / "schemaproof" / "bin" / "schemaproof"
    command = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert command.stdout == "schemaproof 0.1.0+checkout\n"
    squawk = subprocess.run([program.with_name("squawk"), "--version"], check=False)
    assert squawk.returncode == 0


def upgrade(shop: OtherProject, url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environ = shop.programs.environment(DATABASE_URL=url)
    environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"
    return subprocess.run(
        [str(UPGRADE), *arguments],
        cwd=shop.folder,
        env={name: value for name, value in environ.items() if not name.startswith("DB_")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_the_entry_point_upgrades_and_becomes_the_program(
    shop: OtherProject, database: Database
) -> None:
    shop.configure(
        script_location='"alembic"', managed_schemas='["shop"]', lint_ignore='["downgrade-missing"]'
    )
    url = password_url(database)
    done = upgrade(shop, url, "sh", "-c", 'echo "serving as $$: $1"', "-", "a b")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1/1 upgrade a1" in done.stdout
    assert done.stdout.splitlines()[-1].endswith(": a b")
    again = upgrade(shop, url)
    assert (again.returncode, "upgrade a1" in again.stdout) == (0, False)


@pytest.mark.slow
def test_the_entry_point_begins_nothing_after_an_upgrade_that_failed(
    shop: OtherProject, database: Database
) -> None:
    database.execute("CREATE SCHEMA shop")
    done = upgrade(shop, password_url(database), "echo", "serving")
    assert done.returncode not in (0, 3)
    assert "serving" not in done.stdout


@pytest.mark.slow
def test_the_hooks_on_a_project_of_somebody_else(shop: OtherProject) -> None:
    program = find("pre-commit")
    repository = shop.folder
    environ = shop.programs.environment(PRE_COMMIT_HOME=str(repository.parent / "cache"))
    environ = {name: value for name, value in environ.items() if not name.startswith("DB_")}
    environ |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    _git(repository, "init", "--quiet")
    (repository / ".venv").symlink_to(sys.prefix)
    (repository / ".gitignore").write_text(".venv\n__pycache__\n", "utf-8")
    _git(repository, "add", "--all")

    def hook(name: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [program, "try-repo", str(ROOT), name, "--all-files", "--verbose"],
            cwd=repository,
            env=environ,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    checked = hook("schemaproof-check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "in sync: " in checked.stdout
    linted = hook("schemaproof-lint")
    assert linted.returncode == 1
    assert "alembic/versions/a1_.py:" in linted.stdout
    assert "downgrade-missing" in linted.stdout


def _git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=shop", "-c", "user.email=shop@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)


@pytest.mark.slow
def test_the_job_of_gitlab_writes_both_reports(shop: OtherProject) -> None:
    models = shop.folder / "models.py"
    models.write_text(models.read_text("utf-8").replace("String(100)", "String(50)"), "utf-8")
    job = yaml.safe_load((ROOT / "examples" / "ci" / "gitlab-ci.yml").read_text("utf-8"))["schema"]
    reports = job["artifacts"]["reports"]["codequality"]
    bin_ = f"{Path(sys.executable).parent}/"
    script = "\n".join(job["script"]).replace("/opt/venv/bin/", bin_)
    done = shop.programs.shell(f"set -eo pipefail\n{script}")
    assert done.code == 5, done.text
    found = [json.loads((shop.folder / one).read_text("utf-8")) for one in reports]
    assert [one["check_name"] for one in found[0]] == ["column-type-modifier"]
    assert found[0][0]["location"]["path"] == "shop/models.py"
    assert "downgrade-missing" in {one["check_name"] for one in found[1]}
