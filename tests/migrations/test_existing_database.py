"""The existing database is migrated, downgraded and migrated again; its objects are unchanged."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from core.errors import HistoryError
from models import Base
from schemaproof_testing.existing_databases import SMALL, WHOLE, load
from schemaproof_testing.project import (
    EXISTING_DATABASE,
    Alembic,
    Programs,
    make_workspace,
    unpooled_engine,
)
from schemaproof_testing.psql import dump
from schemaproof_testing.servers import Database

# The upgrade creates these, and Alembic and the runner write to the two last.
MADE: Final = (
    "public.odds",
    "quantum.team_quantum_dna",
    "quantum.quantum_friction_matrix",
    "quantum.quantum_strategies",
    "quantum.chess_classifications",
    "quantum.goalscorer_profiles",
)
WRITTEN: Final = ("public.alembic_version", "public.monps_migration_ledger")


@pytest.fixture(params=[SMALL, WHOLE], ids=["small", "legacy"])
def existing(request: pytest.FixtureRequest, any_database: Database) -> Database:
    """An existing database: our small one, and the reconstructed one if it is available."""
    load(any_database, request.param)
    return any_database


def check(database: Database, folder: Path) -> tuple[int, dict[str, Any]]:
    programs = Programs(make_workspace(folder), database.environ())
    outcome = programs.monps_db("check", "--format", "json")
    return outcome.code, json.loads(outcome.out)


def picks_codes(report: dict[str, Any]) -> Counter[str]:
    return Counter(
        finding["code"]
        for finding in report["findings"]
        if finding["path"].startswith("public.tracking_clv_picks")
    )


@pytest.mark.slow
def test_everything_that_existed_stays_identical_up_down_and_up_again(existing: Database) -> None:
    alembic = Alembic(existing)
    whole = dump(existing, without=WRITTEN)
    alembic.upgrade()
    assert dump(existing, without=(*MADE, *WRITTEN)) == whole
    alembic.downgrade(EXISTING_DATABASE)
    assert dump(existing, without=WRITTEN) == whole
    alembic.upgrade()
    assert dump(existing, without=(*MADE, *WRITTEN)) == whole


def test_the_upgrade_says_which_table_it_leaves_untouched(existing: Database) -> None:
    alembic = Alembic(existing)
    alembic.upgrade()
    assert "public.tracking_clv_picks exists already: left untouched" in alembic.printed


@pytest.mark.slow
def test_the_downgrade_says_what_it_leaves_in_place(existing: Database) -> None:
    alembic = Alembic(existing)
    alembic.upgrade()
    alembic.downgrade(EXISTING_DATABASE)
    assert "public.tracking_clv_picks was not created by revision" in alembic.printed
    assert "schema quantum was not created by revision" in alembic.printed


def test_the_report_on_the_reconstructed_picks_table_has_the_known_figures(
    any_database: Database, tmp_path: Path
) -> None:
    load(any_database, WHOLE)
    Alembic(any_database).upgrade()
    code, report = check(any_database, tmp_path)
    counts = picks_codes(report)
    assert code == 1
    assert {
        "only in the model": counts["column-missing"],
        "only in the database": counts["column-unexpected"],
        "base type": counts["column-type"],
        "nullability": counts["column-nullability"],
    } == {"only in the model": 13, "only in the database": 47, "base type": 7, "nullability": 6}


@pytest.mark.slow
def test_the_report_on_the_small_picks_table_counts_each_difference_once(
    any_database: Database, tmp_path: Path
) -> None:
    load(any_database, SMALL)
    Alembic(any_database).upgrade()
    counts = picks_codes(check(any_database, tmp_path)[1])
    # The model has 23 columns and the table 6, of which 5 are in both.
    assert counts["column-missing"] == 18
    assert counts["column-unexpected"] == 1
    # These are home_team text, stake numeric, and created_at without time zone.
    assert counts["column-type"] == 3
    # These are match_id, home_team, stake and created_at.
    assert counts["column-nullability"] == 4


@pytest.mark.slow
def test_before_the_upgrade_old_tables_in_a_managed_schema_are_unmodelled_and_ours_pending(
    any_database: Database, tmp_path: Path
) -> None:
    load(any_database, SMALL)
    code, report = check(any_database, tmp_path)
    assert code == 1
    assert report["summary"]["by_kind"] == {"pending": 6, "unmodelled": 2}


@pytest.mark.slow
def test_other_tables_of_a_shared_schema_are_not_mentioned(
    any_database: Database, tmp_path: Path
) -> None:
    load(any_database, SMALL)
    Alembic(any_database).upgrade()
    paths = {finding["path"] for finding in check(any_database, tmp_path)[1]["findings"]}
    assert not any("bets" in path or "v_open_picks" in path for path in paths)


def test_what_no_upgrade_created_is_not_dropped_by_a_downgrade(database: Database) -> None:
    with unpooled_engine(database) as engine:
        Base.metadata.create_all(engine)
    alembic = Alembic(database)
    alembic.stamp("head")
    before = dump(database, without=WRITTEN)
    with pytest.raises(HistoryError, match="was not applied here by an upgrade"):
        alembic.downgrade("-1")
    assert dump(database, without=WRITTEN) == before
