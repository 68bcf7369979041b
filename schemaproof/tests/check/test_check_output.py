"""Where ``monps-db check`` writes its report, and which findings make it fail."""

import json
from pathlib import Path

import pytest

from schemaproof.cli.reports import FORMATS
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.usefixtures("migrated")


@pytest.fixture
def drifted(migrated: Database) -> Database:
    """A database with an operational and a cosmetic difference."""
    connection = migrated.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP INDEX public.ix_odds_collected_at")
        cursor.execute("COMMENT ON TABLE public.odds IS NULL")
    connection.close()
    return migrated


@pytest.mark.slow
@pytest.mark.usefixtures("drifted")
@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_can_be_written_into_a_file(
    programs: Programs, tmp_path: Path, format_: str
) -> None:
    file = tmp_path / "report"
    printed = programs.monps_db("check", "--format", format_)
    written = programs.monps_db("check", "--format", format_, "--output", str(file))
    assert (written.code, written.out) == (1, "")
    assert file.read_text("utf-8") == printed.out


@pytest.mark.slow
def test_a_file_is_replaced_as_a_whole(programs: Programs, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("x" * 100_000, "utf-8")
    programs.monps_db("check", "--format", "json", "--output", str(file))
    assert json.loads(file.read_text("utf-8"))["summary"]["in_sync"]


@pytest.mark.slow
def test_a_file_that_cannot_be_written_is_one_clear_line_and_leaves_nothing(
    programs: Programs, tmp_path: Path
) -> None:
    target = tmp_path / "absent" / "report"
    outcome = programs.monps_db("check", "--output", str(target))
    assert outcome.code == 6
    assert outcome.err.startswith(f"monps-db: {target} cannot be written: ")
    assert not target.parent.exists()


@pytest.mark.slow
def test_a_device_is_written_to_and_not_replaced(programs: Programs) -> None:
    outcome = programs.monps_db("check", "--output", "/dev/stdout")
    assert outcome.out.startswith("in sync: ")


@pytest.mark.slow
@pytest.mark.usefixtures("drifted")
@pytest.mark.parametrize(
    ("severity", "code"),
    [("cosmetic", 1), ("operational", 1), ("integrity", 0), ("breaking", 0)],
)
def test_a_finding_below_the_severity_that_fails_is_shown_and_does_not_fail(
    programs: Programs, severity: str, code: int
) -> None:
    outcome = programs.monps_db("check", "--fail-on", severity)
    assert outcome.code == code
    assert "index-missing public.odds.ix_odds_collected_at" in outcome.out
