"""Run ``monps-db lint`` and ``monps-db plan`` as users do."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from schemaproof_testing.lint_revisions import HEAD
from schemaproof_testing.project import Programs, revisions
from schemaproof_testing.psql import dump
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

REVISION = "0000000000aa"
FILE = f"migrations/versions/2026_12_01_0000_{REVISION}_case.py"
Writer = Callable[[str, str], None]


@pytest.fixture
def pending(programs: Programs, own_history: Path, database: Database) -> Writer:
    """Write and record a revision after the head, and leave the database at the old head."""

    def write(upgrade: str, downgrade: str) -> None:
        head = HEAD.replace("down_revision = None", f'down_revision = "{revisions()[-1]}"')
        (own_history / "versions" / Path(FILE).name).write_text(
            f"{head}\n\ndef upgrade():\n    {upgrade}\n\n\ndef downgrade():\n    {downgrade}\n",
            "utf-8",
        )
        assert programs.monps_db("snapshot").code == 0
        alembic = ("-c", str(programs.folder / "alembic.ini"))
        programs.run("alembic", *alembic, "upgrade", revisions()[-1]).succeeded()
        database.execute(
            "INSERT INTO quantum.team_quantum_dna (team_name, league, tier)"
            " SELECT 'Team ' || n, 'Serie A', CASE WHEN n > 2 THEN 'GOLD' END"
            " FROM generate_series(1, 50) AS n"
        )
        database.execute("ANALYZE quantum.team_quantum_dna")

    return write


NOT_NULL = 'op.alter_column("team_quantum_dna", "tier", nullable=False, schema="quantum")'
NULLABLE = 'op.alter_column("team_quantum_dna", "tier", nullable=True, schema="quantum")'


def test_rows_in_the_way_of_a_pending_revision_are_exit_code_5(
    pending: Writer, programs: Programs
) -> None:
    pending(NOT_NULL, NULLABLE)
    outcome = programs.monps_db("lint", REVISION)
    assert outcome.code == 5
    assert (
        f"{FILE}:11: error not-null-violated: quantum.team_quantum_dna: tier: 2 rows in the way,"
        ' such as {"team_id": 1}, {"team_id": 2}\n    fill the rows first\n'
    ) in outcome.out
    assert programs.monps_db("lint", REVISION, "--offline").code == 0
    assert programs.monps_db("lint", REVISION, "--offline", "--strict").code == 5


def test_every_format_names_rule_file_and_line(pending: Writer, programs: Programs) -> None:
    pending(NOT_NULL, NULLABLE)

    def printed(format_: str) -> str:
        return programs.monps_db("lint", REVISION, "--format", format_).out

    finding = next(
        one for one in json.loads(printed("json"))["findings"] if one["rule"] == "not-null-violated"
    )
    assert (finding["file"], finding["line"], finding["level"]) == (FILE, 11, "error")
    (run,) = json.loads(printed("sarif"))["runs"]
    result = next(one for one in run["results"] if one["ruleId"] == "not-null-violated")
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]) == (FILE, {"startLine": 11})
    assert f"::error file={FILE},line=11,title=not-null-violated::" in printed("github")


def test_the_plan_says_lock_size_change_rows_and_undo(pending: Writer, programs: Programs) -> None:
    pending(NOT_NULL, NULLABLE)
    assert programs.monps_db("plan").out == (
        f"{REVISION} A revision. [expand]\n"
        "  ALTER TABLE quantum.team_quantum_dna ALTER COLUMN tier SET NOT NULL\n"
        "    ACCESS EXCLUSIVE on quantum.team_quantum_dna (50 rows, 16 kB): blocks reads and"
        " writes, reads the whole table, about 0.0 s\n"
        "  changes: column-nullability quantum.team_quantum_dna.tier\n"
        "  undo: loses nothing\n"
        "  rows: not-null-violated quantum.team_quantum_dna: tier: 2 rows in the way, such as"
        ' {"team_id": 1}, {"team_id": 2}\n\n'
        f"{len(revisions()) + 1} revisions, 1 pending\n"
    )


def test_the_plan_knows_that_a_longer_text_rewrites_nothing(
    pending: Writer, programs: Programs
) -> None:
    column = 'op.alter_column("team_quantum_dna", "tier", schema="quantum", type_=sa.String({}))'
    pending(column.format(200), column.format(20))
    printed = programs.monps_db("plan").out
    assert " blocks reads and writes, changes the catalog only, about 0.0 s\n" in printed


def test_the_plan_says_what_is_lost_on_the_way_there_and_back(
    pending: Writer, programs: Programs
) -> None:
    pending(
        'op.drop_column("team_quantum_dna", "tier", schema="quantum")',
        'op.add_column("team_quantum_dna", sa.Column("tier", sa.String(20)), schema="quantum")',
    )
    printed = programs.monps_db("plan").out
    assert "  drops: column quantum.team_quantum_dna.tier\n" in printed
    assert "  loses rows of: quantum.team_quantum_dna.tier\n" in printed


def test_the_plan_of_an_empty_database_goes_as_far_as_asked(programs: Programs) -> None:
    report = json.loads(programs.monps_db("plan", "3d5a71c08e42", "--format", "json").out)
    assert [one["id"] for one in report["revisions"]] == ["abbc4f65c12b", "3d5a71c08e42"]
    tables = report["revisions"][1]
    assert [one["locks"] for one in tables["statements"]] == [[]] * len(tables["statements"])
    assert "quantum.team_quantum_dna" in tables["undo_loses"]
    printed = programs.monps_db("plan").out
    assert "its locks are known only when it runs" in printed
    assert re.search(r"  creates: .*\btable quantum\.", printed)
    assert "unexpected" not in printed


@pytest.mark.usefixtures("migrated")
def test_nothing_pending_is_said(programs: Programs) -> None:
    assert programs.monps_db("plan").out.endswith(" revisions, nothing is pending\n")


def test_a_missing_squawk_is_said_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from schemaproof.cli.commands import lint

    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    # The test gives no project.
    outcome = CliRunner().invoke(lint.command, ["--offline"], obj=None)
    assert "squawk is not installed" in str(outcome.exception)


def test_planning_and_linting_change_nothing(
    pending: Writer, programs: Programs, database: Database
) -> None:
    pending(NOT_NULL, NULLABLE)
    before = dump(database)
    programs.monps_db("plan")
    programs.monps_db("lint")
    assert dump(database) == before


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("command", ["lint", "plan"])
def test_an_unknown_revision_is_exit_code_2(programs: Programs, command: str) -> None:
    outcome = programs.monps_db(command, "nonsense")
    assert (outcome.code, outcome.out) == (2, "")
    assert "no revision begins with 'nonsense'" in outcome.err


@pytest.mark.parametrize("command", ["lint", "plan"])
def test_a_database_of_another_history_is_refused(
    migrated: Database, programs: Programs, command: str
) -> None:
    migrated.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    outcome = programs.monps_db(command)
    assert outcome.code == 6
    assert outcome.err.count("\n") == 1
