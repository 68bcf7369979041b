"""The SQL that takes changes by hand back, run for real."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from schemaproof.catalog.catalog import inside_transaction, read_snapshot
from schemaproof.history.scopes import live_scope
from schemaproof.repair.plan import repair
from schemaproof.schema.shapes import Snapshot
from schemaproof_testing import drift_cases, drift_cases_keys
from schemaproof_testing.drift_reports import (
    done_and_undone,
    expected,
    found_in,
    migrated,
    report_on,
)
from schemaproof_testing.project import PROJECT
from schemaproof_testing.servers import Database

__all__ = ["expected", "migrated"]


@pytest.mark.parametrize(
    "case", drift_cases.CASES + drift_cases_keys.CASES, ids=lambda case: case[0]
)
def test_repaired_database_is_in_sync(
    migrated: Database, expected: Snapshot, case: tuple[str, ...]
) -> None:
    with done_and_undone(migrated, case[0]) as connection:
        with inside_transaction(connection):
            actual = read_snapshot(connection, live_scope(PROJECT, expected.object_names()))
        for step in repair(expected, actual):
            connection.execute(text(step.sql.replace(":", r"\:")))
        assert found_in(report_on(connection, expected)) == []
