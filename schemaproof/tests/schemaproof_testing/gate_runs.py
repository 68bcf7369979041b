"""Helpers for tests of the gate: accept drift with a reason, and list the tables."""

from typing import Any

from schemaproof.alembic import make_overrides
from schemaproof.migrate.gate_overrides import ATTRIBUTE
from schemaproof_testing.servers import Database


def allowing(ground: str, reason: str) -> dict[str, Any]:
    return {ATTRIBUTE: make_overrides([ground] if ground else [], reason)}


def tables(database: Database) -> set[str]:
    found = {
        name
        for (name,) in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }
    return found - {"alembic_version", "monps_migration_ledger"}
