"""``monps-db check`` finds faults of the history: version table, snapshots, ledger."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from schemaproof.history import snapshot_file
from schemaproof_testing.project import Alembic, Programs, revisions
from schemaproof_testing.recorded import recorded_in
from schemaproof_testing.servers import Database

HEAD = revisions()[-1]
ALL = len(revisions())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["0123456789ab"], "revision-unknown"),
        ([HEAD, "abbc4f65c12b"], "version-rows"),
    ],
    ids=["unknown revision", "two rows"],
)
def test_a_version_table_that_says_something_impossible_is_tampering(
    migrated: Database, programs: Programs, rows: list[str], code: str
) -> None:
    migrated.execute_each("DELETE FROM public.alembic_version")
    for row in rows:
        migrated.execute_each(f"INSERT INTO public.alembic_version VALUES ('{row}')")
    outcome = programs.monps_db("check", "--format", "json")
    assert outcome.code == 4
    assert code in json.loads(outcome.out)["summary"]["by_code"]


@pytest.mark.slow
def test_an_empty_version_table_beside_our_objects_is_tampering_and_says_what_to_stamp(
    migrated: Database, programs: Programs
) -> None:
    migrated.execute_each("DELETE FROM public.alembic_version")
    outcome = programs.monps_db("check")
    assert outcome.code == 4
    assert "version-empty public.alembic_version" in outcome.out
    assert f"no row, and the schema is that of {HEAD}" in outcome.out
    assert "pending" not in outcome.out


@pytest.mark.slow
def test_our_objects_without_a_version_table_are_said_to_have_no_revision(
    migrated: Database, programs: Programs
) -> None:
    migrated.execute_each("DROP TABLE public.alembic_version")
    outcome = programs.monps_db("check")
    assert outcome.code == 1
    assert "unverified [operational] version-missing public.alembic_version" in outcome.out
    assert f"no such table, and the schema is that of {HEAD}" in outcome.out
    assert outcome.out.endswith(f"pending: {ALL}, unmodelled: 5, unverified: 1\n")


@pytest.mark.slow
def test_somebody_elses_table_of_a_name_of_ours_leaves_everything_pending(
    database: Database, programs: Programs
) -> None:
    database.execute_each("CREATE TABLE public.odds (theirs text)")
    outcome = programs.monps_db("check")
    assert outcome.code == 3
    assert outcome.out.endswith(f"pending: {ALL}, unverified: 1\n")


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
def test_a_revision_edited_after_it_was_recorded_is_tampering(
    programs: Programs, own_history: Path
) -> None:
    file = next(own_history.glob("versions/*5b27e9c4f8a1*.py"))
    file.write_text(file.read_text("utf-8") + "\n# improved\n", "utf-8")
    outcome = programs.monps_db("check")
    assert outcome.code == 4
    assert "revision-file-changed 5b27e9c4f8a1" in outcome.out


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
def test_line_endings_of_a_revision_do_not_matter(programs: Programs, own_history: Path) -> None:
    for file in own_history.glob("versions/*.py"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert programs.monps_db("check").code == 0


@pytest.mark.usefixtures("migrated")
def test_a_head_without_a_snapshot_is_a_missing_revision(
    programs: Programs, own_history: Path
) -> None:
    (own_history / "snapshots" / f"{HEAD}.json").unlink()
    outcome = programs.monps_db("check")
    assert outcome.code == 1
    assert f"snapshot-missing {HEAD}" in outcome.out


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("content", ["", "{", '{"format": 99}', "[]"])
def test_a_snapshot_that_cannot_be_read_is_one_clear_line(
    programs: Programs, own_history: Path, content: str
) -> None:
    (own_history / "snapshots" / f"{HEAD}.json").write_text(content, "utf-8")
    outcome = programs.monps_db("check")
    assert outcome.code == 6
    assert outcome.err.startswith(f"monps-db: {HEAD}.json: ")
    assert outcome.err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
def test_models_that_ask_for_more_than_the_head_are_a_missing_revision(
    programs: Programs,
) -> None:
    (programs.folder / "changed.py").write_text(
        "from sqlalchemy import Column, Text\n"
        "from models import Base, Odds\n"
        "Odds.__table__.append_column(Column('weather', Text))\n",
        "utf-8",
    )
    project = (programs.folder / "pyproject.toml").read_text("utf-8")
    (programs.folder / "pyproject.toml").write_text(
        project + 'metadata = "changed:Base.metadata"\n', "utf-8"
    )
    outcome = programs.monps_db("check", "--format", "json", PYTHONPATH=str(programs.folder))
    assert outcome.code == 1
    assert [
        (finding["kind"], finding["code"], finding["path"])
        for finding in json.loads(outcome.out)["findings"]
    ] == [("missing revision", "column-missing", "public.odds.weather")]


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
def test_models_that_cannot_be_compared_are_unverified_and_fail_only_when_strict(
    programs: Programs, own_history: Path
) -> None:
    head = own_history / "snapshots" / f"{HEAD}.json"
    recorded = recorded_in(head.read_text("utf-8"))
    other = "sha256:of something else"
    changed = replace(recorded, models=other, model_sources=other)
    head.write_text(snapshot_file.dumps(changed), "utf-8")
    nobody = {"DB_SCRATCH_URL": "postgresql://nobody@localhost:1/none"}
    outcome = programs.monps_db("check", **nobody).succeeded()
    assert "unverified [operational] models-unverified" in outcome.out
    assert programs.monps_db("check", "--strict", **nobody).code == 1


def test_a_snapshot_that_was_changed_by_hand_is_tampering(
    programs: Programs, own_history: Path
) -> None:
    head = own_history / "snapshots" / f"{HEAD}.json"
    changed = head.read_text("utf-8").replace('"text"', '"bytea"', 1)
    head.write_text(changed, "utf-8")
    outcome = programs.monps_db("check")
    assert (outcome.code, outcome.out) == (4, "")
    assert "the snapshot was changed after it was recorded" in outcome.err


def rewrite_ledger(database: Database, *changed: str) -> None:
    """Change the ledger, as a superuser, as if other files had been applied."""
    database.superuser.execute(
        "UPDATE public.monps_migration_ledger SET file_checksum = 'sha256:other'"
        " WHERE revision = ANY (%s)",
        [list(changed)],
    )


@pytest.mark.slow
def test_a_revision_that_was_applied_from_another_file_is_tampering(
    migrated: Database, programs: Programs
) -> None:
    rewrite_ledger(migrated, HEAD)
    outcome = programs.monps_db("check")
    assert outcome.code == 4
    assert f"revision-applied-otherwise {HEAD}" in outcome.out
    assert outcome.out.endswith("tampered: 1\n")


@pytest.mark.slow
def test_a_revision_that_was_applied_otherwise_and_undone_is_no_tampering(
    database: Database, programs: Programs
) -> None:
    Alembic(database).upgrade()
    Alembic(database).downgrade("8e94b0f2d617")
    rewrite_ledger(database, *revisions())
    by_code = json.loads(programs.monps_db("check", "--format", "json").out)["summary"]["by_code"]
    assert by_code == {"revision-applied-otherwise": 3, "revision-pending": ALL - 3}
