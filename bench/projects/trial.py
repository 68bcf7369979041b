"""Take one project from an empty database to a repaired one, with the steps of a user."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.drift.copies import new_database
from bench.drift.mutations.kinds import Mutation
from bench.drift.trial import mentions
from bench.projects.changes import make_ten
from bench.projects.environments import Environment
from bench.projects.programs import Programs, Ran
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.psql import run_script

DIFFERENCES = Path(__file__).with_name("differences.py")


@dataclass
class Trial:
    """The results for one project.

    Attributes:
        name: The name of the project.
        version: The version of the project.
        seconds: The seconds of each step, by its name.
        codes: The exit codes of schemaproof, by step.
        failures: The last line of output of each failed step.
        findings: The findings right after the project's own upgrade.
        alembic: The differences by ``compare_metadata`` then; None where it cannot run.
        written: The revision that ``revision`` wrote; None where it wrote nothing.
        changes: The changes by hand, each with whether schemaproof and Alembic found it.
        left: The findings after the repair that did not exist before the changes.
    """

    name: str
    version: str
    seconds: dict[str, float] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    findings: list[Mapping[str, Any]] = field(default_factory=list)
    alembic: list[str] | None = None
    revisions: int = 0
    objects: int = 0
    written: str | None = None
    changes: list[tuple[str, str, bool]] = field(default_factory=list)
    alembic_found: int | None = None
    left: list[str] = field(default_factory=list)
    linted: dict[str, int] = field(default_factory=dict)

    def note(self, step: str, ran: Ran, *expected: int) -> bool:
        """Record the result of a step; return whether it succeeded."""
        self.seconds[step], self.codes[step] = round(ran.seconds, 1), ran.code
        if ran.code not in expected:
            self.failures[step] = ran.last_words
        return ran.code in expected


def attempt(environment: Environment, server: LocalServer, scratch: str) -> Trial:
    """Take all steps that are possible."""
    trial = Trial(environment.subject.name, environment.version())
    with new_database(server) as database:
        programs = Programs(environment, database, scratch)
        programs.write_files()
        if not trial.note("own upgrade", programs.upgrade(), 0):
            return trial
        _forget_snapshots(environment)
        ran = programs.schemaproof("snapshot")
        if not trial.note("snapshot", ran, 0):
            return trial
        trial.revisions = ran.out.count(" recorded\n")
        _look(trial, programs)
        _write_revision(trial, programs)
        trial.note("plan", programs.schemaproof("plan"), 0, 1, 3, 5)
        _lint(trial, programs)
        _change(trial, programs)
    with new_database(server) as empty:
        ran = Programs(environment, empty, scratch).schemaproof("plan")
        trial.note("plan from nothing", ran, 0, 1, 3, 5)
    return trial


def time_snapshots(environment: Environment, server: LocalServer, scratch: str) -> tuple[Ran, Ran]:
    """Run the project's own upgrade and the first snapshot, each with an empty database."""
    ran: list[Ran] = []
    for run in (Programs.upgrade, lambda programs: programs.schemaproof("snapshot")):
        with new_database(server) as database:
            programs = Programs(environment, database, scratch)
            programs.write_files()
            _forget_snapshots(environment)
            ran.append(run(programs))
    return ran[0], ran[1]


def _forget_snapshots(environment: Environment) -> None:
    for one in (environment.project.script_location / "snapshots").glob("*"):
        one.unlink()


def _look(trial: Trial, programs: Programs) -> None:
    """Check twice; the second check can reuse results, because nothing has changed."""
    ran, report = programs.check()
    trial.note("check", ran, 0, 1, 3)
    trial.findings = report["findings"]
    trial.objects = report.get("summary", {}).get("objects", 0)
    trial.note("check again", programs.check()[0], 0, 1, 3)
    trial.alembic = _differences(programs)


def _differences(programs: Programs) -> list[str] | None:
    environment = programs.environment
    ran = programs.ask(
        DIFFERENCES,
        programs.url,
        str(environment.project.script_location),
        str(environment.project.alembic_ini),
    )
    try:
        found: list[str] = json.loads(ran.out.splitlines()[-1])
    except (ValueError, IndexError):
        return None
    return found


def _write_revision(trial: Trial, programs: Programs) -> None:
    """Run ``revision``, which writes nothing if nothing differs; remove what it wrote."""
    ran = programs.schemaproof("revision", "-m", "tried by the benchmark", "--rev-id", "be2c4a11")
    trial.note("revision", ran, 0, 1)
    words = [line.partition("wrote ")[2] for line in ran.out.splitlines() if "wrote " in line]
    for path in map(Path, words):
        trial.written = path.read_text("utf-8")
        path.unlink()
        (path.parent.parent / "snapshots" / "be2c4a11.json").unlink(missing_ok=True)


def _lint(trial: Trial, programs: Programs) -> None:
    ran = programs.schemaproof("lint", "--format", "json")
    trial.note("lint", ran, 0, 5)
    try:
        found = json.loads(ran.out)
    except ValueError:
        return
    for one in found["findings"]:
        trial.linted[one["rule"]] = trial.linted.get(one["rule"], 0) + 1


def _change(trial: Trial, programs: Programs) -> None:
    """Make ten changes, check, repair, and check again."""
    before = {(one["code"], one["path"]) for one in trial.findings}
    known = set(trial.alembic or ())
    configuration = programs.environment.subject.configuration
    schemas = configuration.get("managed-schemas", ["public"])
    done = make_ten(programs.database, tuple(schemas))
    ran, report = programs.check()
    trial.note("check of ten changes", ran, 1)
    new = [one for one in report["findings"] if (one["code"], one["path"]) not in before]
    trial.changes = [(one.kind.name, one.statement, _is_found(one, new)) for one in done]
    differences = _differences(programs)
    trial.alembic_found = None if differences is None else len(set(differences) - known)
    script = programs.schemaproof("check", "--sql", "--destructive")
    trial.note("repair script", script, 0, 1)
    try:
        run_script(programs.database, script.out)
    except subprocess.CalledProcessError as error:
        trial.failures["repair"] = str(error.stderr).strip()
    ran, report = programs.check()
    trial.note("check of the repair", ran, 0, 1, 3)
    trial.left = sorted(
        f"{one['kind']} {one['code']} {one['path']}"
        for one in report["findings"]
        if (one["code"], one["path"]) not in before
    )


def _is_found(change: Mutation, findings: list[Mapping[str, Any]]) -> bool:
    return any(
        one["code"] in change.codes and mentions(one["path"], change.names) for one in findings
    )
