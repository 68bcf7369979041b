"""The gate accepts the differences of the project's baseline, also before the head."""

from pathlib import Path

import pytest

from schemaproof_testing.existing_databases import BASELINE, SMALL, WHOLE, entries, existing
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.project import EXISTING_DATABASE, PROJECT, Programs, revisions
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

STRICT = {"MIGRATION_GATE": "strict"}


def plain_alembic(programs: Programs) -> Programs:
    """Alembic with an alembic.ini in the project's folder, which makes env.py the project's own."""
    (programs.folder / "alembic.ini").write_text(
        f"[alembic]\nscript_location = {PROJECT.script_location}\npath_separator = os\n", "utf-8"
    )
    return programs


@pytest.fixture(params=[SMALL, WHOLE], ids=["small", "legacy"])
def programs(request: pytest.FixtureRequest, any_database: Database, tmp_path: Path) -> Programs:
    return plain_alembic(existing(any_database, tmp_path, request.param))


@pytest.fixture
def small(database: Database, tmp_path: Path) -> Programs:
    return plain_alembic(existing(database, tmp_path, SMALL))


def test_an_adopted_database_is_migrated_in_mode_strict_up_and_down_and_up_again(
    programs: Programs,
) -> None:
    assert programs.monps_db("adopt").code == 0
    for step in (["upgrade", "head"], ["downgrade", EXISTING_DATABASE], ["upgrade", "head"]):
        outcome = programs.run(
            "alembic", "-x", "accept-data-loss=true", *step, **STRICT
        ).succeeded()
        assert "in sync: " in outcome.out
        assert "column-missing" not in outcome.out
    assert programs.monps_db("check", "--strict").code == 0


def test_without_its_baseline_it_is_refused(small: Programs) -> None:
    small.monps_db("adopt")
    (small.folder / BASELINE).write_text("", "utf-8")
    outcome = small.run("alembic", "upgrade", "head", **STRICT)
    assert outcome.code != 0
    assert "table-unexpected quantum." in outcome.text


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE public.tracking_clv_picks ADD COLUMN surprise integer",
        "CREATE TABLE quantum.surprise (id integer)",
    ],
)
def test_what_came_after_the_adoption_is_refused_at_the_revision_that_looks_at_it(
    small: Programs, database: Database, change: str
) -> None:
    small.monps_db("adopt")
    database.execute(change)
    outcome = small.run("alembic", "upgrade", "head", **STRICT)
    assert outcome.code != 0
    assert "surprise" in outcome.text


def test_what_is_accepted_is_recorded_as_accepted(small: Programs, database: Database) -> None:
    small.monps_db("adopt")
    small.run("alembic", "upgrade", "head", **STRICT)
    [(findings,)] = rows(database, "findings")[-1:]
    assert {finding["kind"] for finding in findings} == {"accepted"}
    assert len(findings) == len(entries(small))


def test_a_baseline_that_is_not_there_or_is_none_is_one_line_and_nothing_is_done(
    small: Programs, database: Database
) -> None:
    absent = small.monps_db("upgrade")
    assert (absent.code, absent.err.count("\n")) == (2, 1)
    assert "cannot be read: write it with monps-db adopt" in absent.err
    (small.folder / BASELINE).write_text("x = 1", "utf-8")
    assert small.monps_db("upgrade").code == 2
    assert rows(database) == []


def test_with_nothing_to_do_no_baseline_is_needed(small: Programs) -> None:
    small.monps_db("adopt")
    assert small.monps_db("upgrade").code == 0
    (small.folder / BASELINE).unlink()
    assert small.monps_db("upgrade").out == "nothing to do\n"


def test_adopting_is_recorded_with_what_is_accepted_and_why(
    small: Programs, database: Database
) -> None:
    assert small.monps_db("adopt", "--reason", "the picks stay until 2027").code == 0
    columns = "revision, direction, outcome, reason, objects_created, os_user IS NOT NULL, findings"
    [(*row, findings)] = rows(database, columns)
    expected = [EXISTING_DATABASE, "adopt", "done", "the picks stay until 2027", [], True]
    assert row == expected
    assert [finding["path"] for finding in findings] != []
    assert {finding["reason"] for finding in findings} == {"the picks stay until 2027"}
    assert f"adopt {EXISTING_DATABASE}" in small.monps_db("history").out


def test_a_dry_run_records_nothing(small: Programs) -> None:
    small.monps_db("adopt", "--dry-run")
    assert small.monps_db("history").out == "no steps are recorded\n"


def test_what_cannot_be_written_is_not_recorded_either(small: Programs) -> None:
    outcome = small.monps_db("adopt", "--baseline", "/dev/full")
    assert outcome.code != 0
    assert small.monps_db("history").out == "no steps are recorded\n"


def test_adopting_changes_nothing_of_what_the_ledger_knows(
    small: Programs, database: Database
) -> None:
    small.monps_db("adopt")
    small.run("alembic", "upgrade", "head")
    small.monps_db("adopt")
    small.run("alembic", "downgrade", revisions()[-2]).succeeded()
    assert rows(database)[-2:] == [(revisions()[-1], "adopt"), (revisions()[-1], "downgrade")]
