"""``monps-db check --offline`` compares models and history with only a scratch database."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schemaproof.history import snapshot_file
from schemaproof.schema.database_objects import Schema
from schemaproof_testing.project import Outcome, Programs, revisions
from schemaproof_testing.recorded import recorded_in

pytestmark = pytest.mark.slow

HEAD = revisions()[-1]


def check(programs: Programs, *arguments: str, scratch: str | None = None) -> Outcome:
    """Run the check without a setting that names the database."""
    environ = {"DB_SCRATCH_URL": scratch or programs.environ["DB_SCRATCH_URL"]}
    return Programs(programs.folder, environ).monps_db("check", "--offline", *arguments)


def damage(file: Path, **values: Any) -> None:
    """Change a snapshot, with the right checksum."""
    recorded = recorded_in(file.read_text("utf-8"))
    file.write_text(snapshot_file.dumps(replace(recorded, **values)), "utf-8")


def without(schema: Schema, table: str) -> Schema:
    kept = tuple(relation for relation in schema.relations if relation.name != table)
    return replace(schema, relations=kept)


@pytest.fixture
def head(own_history: Path) -> Path:
    return own_history / "snapshots" / f"{HEAD}.json"


def test_no_database_is_needed_while_the_fingerprint_holds(programs: Programs) -> None:
    outcome = check(programs, scratch="postgresql://nobody@localhost:1/none")
    assert (outcome.code, outcome.err) == (0, "")
    assert re.fullmatch(r"in sync: 2\d\d objects, 2\d\d\d attributes\n", outcome.out)


def test_models_are_created_when_nothing_vouches_for_them(programs: Programs, head: Path) -> None:
    damage(head, models=None, model_sources=None)
    assert check(programs).code == 0


def test_models_that_ask_for_something_else_are_a_missing_revision(
    programs: Programs, head: Path
) -> None:
    recorded = recorded_in(head.read_text("utf-8")).snapshot
    schemas = tuple(without(schema, "odds") for schema in recorded.schemas)
    damage(head, snapshot=replace(recorded, schemas=schemas), models=None, model_sources=None)
    outcome = check(programs)
    assert outcome.code == 1
    assert "missing revision [breaking] table-missing public.odds" in outcome.out


def test_comparing_nothing_is_an_error(programs: Programs, head: Path) -> None:
    damage(head, models=None, model_sources=None)
    outcome = check(programs, scratch="postgresql://nobody@localhost:1/none")
    assert (outcome.code, outcome.err.count("\n")) == (6, 1)
    assert "no scratch database" in outcome.err


def test_tampering_is_found(programs: Programs, head: Path) -> None:
    damage(head, file_checksum="sha256:other")
    outcome = check(programs)
    assert (outcome.code, f"revision-file-changed {HEAD}" in outcome.out) == (4, True)


def test_there_is_nothing_to_repair(programs: Programs) -> None:
    outcome = check(programs, "--sql")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
