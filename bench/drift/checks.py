"""Run ``monps-db check`` in this process, as users run it."""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass

from cli.main import main
from core.config import get_settings
from schemaproof_testing.servers import Database

Finding = tuple[str, str, str]
"""Its kind, its code, its path."""


@dataclass(frozen=True)
class Said:
    """The output and the exit code of the program."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Verdict:
    """The result of a check.

    Attributes:
        code: The exit code.
        findings: The findings, each as kind, code and path.
        error: The error message; empty when there is a report.
    """

    code: int
    findings: frozenset[Finding]
    error: str = ""


def check(database: Database, **environ: str) -> Verdict:
    outcome = monps_db(database, "check", "--format", "json", **environ)
    try:
        found = json.loads(outcome.out)["findings"]
    except ValueError:
        return Verdict(outcome.code, frozenset(), outcome.err.strip() or "no report")
    return Verdict(
        outcome.code, frozenset((one["kind"], one["code"], one["path"]) for one in found)
    )


def repair_script(database: Database) -> str:
    return monps_db(database, "check", "--sql", "--destructive").out


def monps_db(database: Database, *arguments: str, **environ: str) -> Said:
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with _environment({**settings(database), **environ}):
        get_settings.cache_clear()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main(arguments)
            except SystemExit as stop:
                code = int(stop.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def settings(database: Database) -> dict[str, str]:
    """Return the settings of the database, and of the server for scratch databases."""
    scratch = database.superuser_url.set(database="postgres")
    return {
        **database.environ(),
        "DB_SCRATCH_URL": scratch.render_as_string(hide_password=False),
    }


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
