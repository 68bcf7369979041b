"""A check reports exactly the changes that somebody made to the migrated database."""

from collections.abc import Iterator
from typing import Final

import psycopg2
import pytest
from sqlalchemy import text

from schemaproof.catalog.catalog import inside_transaction, read_snapshot, reading
from schemaproof.findings.findings import Kind
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.catalog_reading import connected
from schemaproof_testing.drift_reports import (
    done_and_undone,
    expected,
    found_in,
    migrated,
    report_on,
)
from schemaproof_testing.project import PROJECT
from schemaproof_testing.servers import Database, create_database

__all__ = ["expected", "migrated"]


@pytest.fixture
def copy(migrated: Database) -> Iterator[Database]:
    """A copy of the database, for changes that cannot run in a transaction."""
    with create_database(migrated.server, template=migrated.name) as database:
        yield database


def found_after(database: Database, expected: Snapshot) -> set[str]:
    with connected(database) as connection, reading(connection):
        return set(found_in(report_on(connection, expected)))


TEAMS: Final = "quantum.team_quantum_dna"


# tests/bench/test_corpus.py makes every kind of change. For some, this test compares all findings.
@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        # The sequences of its columns become UNLOGGED, too.
        ("ALTER TABLE public.odds SET UNLOGGED", ["table-persistence public.odds"]),
        (
            f"ALTER TABLE {TEAMS} RENAME tier TO rank",
            [f"column-renamed {TEAMS}.tier"],
        ),
        (
            "ALTER TABLE public.tracking_clv_picks SET SCHEMA quantum",
            [
                "table-missing public.tracking_clv_picks",
                "table-unexpected quantum.tracking_clv_picks",
            ],
        ),
        (
            f"ALTER TABLE {TEAMS} DROP COLUMN league, ADD mood text, ALTER season TYPE text",
            [
                f"column-missing {TEAMS}.league",
                f"column-type {TEAMS}.season",
                f"column-unexpected {TEAMS}.mood",
                f"index-missing {TEAMS}.ix_team_quantum_dna_league",
            ],
        ),
    ],
)
def test_change_by_hand_is_found_and_nothing_else_and_taken_back(
    migrated: Database, expected: Snapshot, statements: str, wanted: list[str]
) -> None:
    with done_and_undone(migrated, statements) as connection:
        report = report_on(connection, expected)
        assert found_in(report) == wanted
        for step in report.repairs:
            connection.execute(text(step.sql.replace(":", r"\:")))
        left = report_on(connection, expected).findings
        assert {one.kind for one in left} <= {Kind.UNMODELLED}


@pytest.mark.parametrize(
    "statements",
    [
        "SELECT 1",
        "CREATE TEMPORARY TABLE odds (id int)",
        f"ALTER TABLE {TEAMS} DROP COLUMN tier; ALTER TABLE {TEAMS} ADD tier varchar(20)",
        "SET LOCAL search_path = quantum, public",
        "DROP TABLE public.alembic_version",
        "DROP TABLE public.monps_migration_ledger",
    ],
)
def test_what_does_not_concern_the_schema_is_not_reported(
    migrated: Database, expected: Snapshot, statements: str
) -> None:
    with done_and_undone(migrated, statements) as connection:
        assert found_in(report_on(connection, expected)) == []


@pytest.mark.parametrize(
    "statements",
    [
        ("VACUUM FULL quantum.team_quantum_dna",),
        ("VACUUM ANALYZE public.odds",),
        ("REINDEX TABLE CONCURRENTLY quantum.team_quantum_dna",),
        ("CLUSTER public.odds USING pk_odds", "ALTER TABLE public.odds SET WITHOUT CLUSTER"),
        (
            "DROP INDEX CONCURRENTLY quantum.ix_team_quantum_dna_league",
            (
                "CREATE INDEX CONCURRENTLY ix_team_quantum_dna_league"
                " ON quantum.team_quantum_dna (league)"
            ),
        ),
    ],
    ids=lambda statements: statements[0],
)
def test_maintenance_is_not_reported(
    copy: Database, expected: Snapshot, statements: tuple[str, ...]
) -> None:
    copy.execute_each(*statements)
    assert found_after(copy, expected) == set()


def test_untouched_database_is_in_sync_and_says_how_much_was_compared(
    migrated: Database, expected: Snapshot
) -> None:
    with connected(migrated) as connection, reading(connection):
        report = report_on(connection, expected)
    assert report.findings == ()
    assert (report.objects > 250, report.attributes > 1000) == (True, True)


def test_unique_index_that_failed_to_build_is_found(copy: Database, expected: Snapshot) -> None:
    copy.execute_each(
        "DROP INDEX quantum.uq_chess_classifications_current_team_id",
        "INSERT INTO quantum.team_quantum_dna (team_name, league) VALUES ('t', 'l')",
        "INSERT INTO quantum.chess_classifications (team_id, profile_name, confidence)"
        " SELECT team_id, 'BALANCED', 1 FROM quantum.team_quantum_dna, generate_series(1, 2)",
    )
    with pytest.raises(psycopg2.errors.UniqueViolation):
        copy.execute_each(
            "CREATE UNIQUE INDEX CONCURRENTLY uq_chess_classifications_current_team_id"
            " ON quantum.chess_classifications (team_id) WHERE is_current"
        )
    path = "quantum.chess_classifications.uq_chess_classifications_current_team_id"
    assert found_after(copy, expected) == {f"unique-index-invalid {path}"}


def test_index_that_became_invalid_is_found(copy: Database, expected: Snapshot) -> None:
    copy.superuser.execute_each(
        "UPDATE pg_index SET indisvalid = false"
        " WHERE indexrelid = 'quantum.ix_team_quantum_dna_league'::regclass"
    )
    assert found_after(copy, expected) == {
        "index-invalid quantum.team_quantum_dna.ix_team_quantum_dna_league"
    }


def test_sequence_of_ours_in_a_shared_schema_is_looked_at(migrated: Database) -> None:
    with done_and_undone(migrated, "CREATE SEQUENCE public.ours") as connection:
        with inside_transaction(connection):
            recorded = read_snapshot(connection, PROJECT.scratch_scope())
        assert ("public", "ours") in recorded.object_names()
        assert found_in(report_on(connection, recorded)) == []


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        ("CREATE TABLE quantum.extra (id int)", Kind.UNMODELLED),
        ("CREATE SEQUENCE quantum.extra", Kind.UNMODELLED),
        ("ALTER TABLE quantum.team_quantum_dna ADD extra int", Kind.DRIFT),
        ("DROP TABLE public.odds", Kind.DRIFT),
    ],
)
def test_object_that_no_model_knows_is_told_from_drift(
    migrated: Database, expected: Snapshot, statements: str, kind: Kind
) -> None:
    with done_and_undone(migrated, statements) as connection:
        assert {found.kind for found in report_on(connection, expected).findings} == {kind}
