"""``monps-db watch`` exposes the results of a check and of the ledger to Prometheus."""

import time
from contextlib import closing

import pytest

from schemaproof.findings.findings import Kind
from schemaproof.schema.codes import Severity
from schemaproof_testing.project import Alembic, Programs, revisions
from schemaproof_testing.servers import Database
from schemaproof_testing.watching import watching
from tests.support.metrics import Page, parsed, total

pytestmark = pytest.mark.slow

HEAD = revisions()[-1]
BEFORE_IT, ALTERS_TEAMS = "5b27e9c4f8a1", "e7d04b6a52c9"
FINDINGS = "schemaproof_findings"
ATTEMPTS = "schemaproof_migration_attempts_total"


def shown(programs: Programs) -> Page:
    outcome = programs.monps_db("watch", "--output", "/dev/stdout")
    assert (outcome.code, outcome.err) == (0, "")
    return parsed(outcome.out.encode())


def labels(page: Page, name: str) -> dict[str, str]:
    """Return the labels of the only sample; to Prometheus, a blank label is no label."""
    [found] = page[name]
    return {label: value for label, value in found if value}


@pytest.mark.usefixtures("migrated")
def test_a_database_at_head(programs: Programs) -> None:
    before = time.time()
    page = shown(programs)
    assert total(page, "schemaproof_in_sync") == total(page, "schemaproof_up") == 1
    assert total(page, FINDINGS) == total(page, "schemaproof_pending_revisions") == 0
    assert len(page[FINDINGS]) == len(Kind) * len(Severity)
    assert labels(page, "schemaproof_revision_info") == {"revision": HEAD, "head": HEAD}
    assert before < total(page, "schemaproof_last_check_timestamp_seconds") < time.time()
    attempts = total(
        page, "schemaproof_migration_attempts_total", direction="upgrade", outcome="done"
    )
    assert attempts == len(revisions())
    last = labels(page, "schemaproof_migration_last_duration_seconds")
    assert last == {"revision": HEAD, "direction": "upgrade", "outcome": "done"}


def test_drift_pending_and_tampering_are_figures(migrated: Database, programs: Programs) -> None:
    migrated.execute("ALTER TABLE quantum.team_quantum_dna ADD COLUMN stray integer")
    page = shown(programs)
    assert total(page, "schemaproof_in_sync") == 0
    assert total(page, FINDINGS, kind="drift") == 1

    migrated.execute("ALTER TABLE quantum.team_quantum_dna DROP COLUMN stray")
    Alembic(migrated).downgrade(revisions()[-2])
    page = shown(programs)
    assert total(page, "schemaproof_pending_revisions") == 1
    assert total(page, FINDINGS, kind="pending") == 1
    assert labels(page, "schemaproof_revision_info")["revision"] == revisions()[-2]
    assert labels(page, "schemaproof_migration_last_duration_seconds")["direction"] == "downgrade"

    migrated.execute("UPDATE alembic_version SET version_num = 'a\"b'")
    page = shown(programs)
    assert total(page, FINDINGS, kind="tampered") >= 1
    assert labels(page, "schemaproof_revision_info")["revision"] == 'a"b'


def test_attempts_that_waited_for_a_lock_in_vain(migrated: Database, programs: Programs) -> None:
    Alembic(migrated).downgrade(BEFORE_IT)
    with closing(migrated.connect()) as holder:
        # The lock does not block the gate, which reads the catalogs, but it blocks the revision.
        holder.cursor().execute("LOCK TABLE quantum.team_quantum_dna IN ACCESS SHARE MODE")
        limits = {"MIGRATION_LOCK_TIMEOUT": "50ms", "MIGRATION_LOCK_ATTEMPTS": "2"}
        outcome = programs.alembic("upgrade", ALTERS_TEAMS, **limits)
        assert outcome.code != 0, outcome.err
        assert "lock timeout" in outcome.text, outcome.text
    page = shown(programs)
    assert total(page, "schemaproof_migration_lock_waits_total") == 2
    assert total(page, "schemaproof_migration_attempts_total", outcome="failed") == 2
    last = labels(page, "schemaproof_migration_last_duration_seconds")
    assert last == {"revision": ALTERS_TEAMS, "direction": "upgrade", "outcome": "failed"}


def test_an_empty_database(programs: Programs) -> None:
    page = shown(programs)
    assert labels(page, "schemaproof_revision_info")["revision"] == "none"
    assert total(page, "schemaproof_migration_attempts_total") == 0
    assert "schemaproof_migration_last_duration_seconds" not in page


@pytest.mark.usefixtures("migrated")
def test_a_file_for_node_exporter(programs: Programs) -> None:
    assert programs.monps_db("watch", "--output", "monps.prom").code == 0
    page = parsed((programs.folder / "monps.prom").read_bytes())
    assert total(page, "schemaproof_in_sync") == 1
    # If the next check cannot complete, the file stays as it was.
    failed = programs.monps_db("watch", "--output", "monps.prom", DB_PORT="1")
    assert (failed.code, len(failed.err.splitlines())) == (6, 1)
    assert parsed((programs.folder / "monps.prom").read_bytes()) == page


@pytest.mark.parametrize(
    "options",
    [
        ("--listen", "nonsense"),
        ("--listen", "0"),
        ("--listen", "65536"),
        ("--every", "0"),
    ],
)
def test_wrong_options_are_one_line(programs: Programs, options: tuple[str, ...]) -> None:
    outcome = programs.monps_db("watch", *options)
    assert (outcome.code, len(outcome.err.splitlines())) == (2, 1)


def test_the_pages_are_about_the_program_that_was_called(
    migrated: Database, programs: Programs
) -> None:
    migrated.execute("ALTER TABLE quantum.team_quantum_dna ADD COLUMN stray integer")
    with watching(programs, program="monps-db") as watch:
        watch.until('schemaproof_findings{kind="drift",severity="operational"}', 1)
        page = watch.get("/").text
        assert "<h1>monps-db check</h1>" in page
        assert "schemaproof" not in page.replace("tool.schemaproof", "")
