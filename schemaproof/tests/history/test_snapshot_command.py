"""``monps-db snapshot`` records what revisions produce, and rewrites nothing without an option."""

import json
from pathlib import Path

import pytest

from schemaproof_testing.project import Programs, revisions

HEAD = revisions()[-1]
INDEXES = "5b27e9c4f8a1"


def test_recorded_snapshots_are_left_as_they_are(programs: Programs, own_history: Path) -> None:
    before = {path: path.read_bytes() for path in own_history.glob("snapshots/*")}
    outcome = programs.monps_db("snapshot").succeeded()
    assert outcome.out == "".join(f"{revision} unchanged\n" for revision in revisions())
    assert {path: path.read_bytes() for path in own_history.glob("snapshots/*")} == before


def test_a_missing_snapshot_is_recorded_as_it_was(programs: Programs, own_history: Path) -> None:
    head = own_history / "snapshots" / f"{HEAD}.json"
    before = head.read_bytes()
    head.unlink()
    assert programs.monps_db("snapshot").code == 0
    assert head.read_bytes() == before


def test_a_changed_revision_is_refused(programs: Programs, own_history: Path) -> None:
    file = next(own_history.glob(f"versions/*{INDEXES}*.py"))
    file.write_text(file.read_text("utf-8").replace('"nemesis_dna")', '"risk_dna")'), "utf-8")
    before = (own_history / "snapshots" / f"{INDEXES}.json").read_bytes()
    outcome = programs.monps_db("snapshot")
    assert outcome.code == 4
    assert f"{INDEXES} refused" in outcome.out
    assert (own_history / "snapshots" / f"{INDEXES}.json").read_bytes() == before


def test_a_changed_revision_is_rewritten_when_asked_for(
    programs: Programs, own_history: Path
) -> None:
    file = next(own_history.glob(f"versions/*{INDEXES}*.py"))
    file.write_text(file.read_text("utf-8").replace('"nemesis_dna")', '"risk_dna")'), "utf-8")
    assert programs.monps_db("snapshot", "--rewrite").code == 0
    recorded = (own_history / "snapshots" / f"{INDEXES}.json").read_text("utf-8")
    assert "ix_team_quantum_dna_risk_dna" in recorded


def test_the_models_are_not_vouched_for_when_they_ask_for_something_else(
    programs: Programs, own_history: Path
) -> None:
    file = next(own_history.glob(f"versions/*{INDEXES}*.py"))
    file.write_text(file.read_text("utf-8").replace('"nemesis_dna")', '"risk_dna")'), "utf-8")
    programs.monps_db("snapshot", "--rewrite")
    recorded = (own_history / "snapshots" / f"{HEAD}.json").read_text("utf-8")
    assert json.loads(recorded)["models"] is None


@pytest.mark.usefixtures("own_history")
def test_no_settings_of_a_target_are_needed(programs: Programs) -> None:
    scratch_alone = Programs(
        programs.folder, {"DB_SCRATCH_URL": programs.environ["DB_SCRATCH_URL"]}
    )
    assert scratch_alone.monps_db("snapshot").code == 0


def test_a_snapshot_under_another_revisions_name_is_refused(
    programs: Programs, own_history: Path
) -> None:
    snapshots = own_history / "snapshots"
    (snapshots / f"{HEAD}.json").write_bytes((snapshots / "c1f6a83d9b05.json").read_bytes())
    outcome = programs.monps_db("check")
    assert outcome.code == 6
    assert f"{HEAD}.json holds the snapshot of c1f6a83d9b05: restore" in outcome.err
