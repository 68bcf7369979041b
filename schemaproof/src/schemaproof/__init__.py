"""Prove that models, migration history and live PostgreSQL database agree.

The names of this package are its public interface; each is imported on demand, so that an error
class does not import SQLAlchemy.
"""

import importlib
from typing import Final

# What each name stands for is said for the type checker in __init__.pyi.
_NAMES: Final = {
    "schemaproof.catalog.untrusted_types": ("untrusted_types",),
    "schemaproof.check.check": ("check_database",),
    "schemaproof.connection.authentication": ("is_accepted", "refusal"),
    "schemaproof.connection.connect_args": (
        "NETWORK_TIMEOUT",
        "UNQUALIFIED_IS_PUBLIC",
        "accepted_authentication",
        "keepalives",
        "lift_transaction_timeout",
        "limits",
        "network_args",
        "options",
    ),
    "schemaproof.connection.connection_failures": ("refusal_sqlstate",),
    "schemaproof.connection.diagnostics": (
        "Diagnostics",
        "ends_session",
        "read_diagnostics",
        "read_sqlstate",
    ),
    "schemaproof.connection.driver_errors": ("translate_driver_error",),
    "schemaproof.connection.duration": ("parse_duration", "whole_milliseconds", "whole_seconds"),
    "schemaproof.connection.interrupt": ("interruptible",),
    "schemaproof.connection.own_settings": (
        "SEARCH_PATH_FOR_TRANSACTION",
        "engine_for_data",
        "set_up_safely",
    ),
    "schemaproof.connection.raw_sql": ("DriverConnection",),
    "schemaproof.connection.remedies": ("network_remedy", "statement_remedy"),
    "schemaproof.connection.session_limits": ("look_after",),
    "schemaproof.connection.sessions": ("engine_for_migrations", "ready_to_read"),
    "schemaproof.connection.silence": (
        "ANSWER_SECONDS",
        "cancel_statement",
        "hang_up",
        "is_served",
        "silence_limit",
    ),
    "schemaproof.connection.target": ("Target",),
    "schemaproof.connection.urls": ("DRIVER", "DRIVERS", "parse_scratch_url"),
    "schemaproof.errors": (
        "ConfigurationError",
        "DatabaseRefusedError",
        "DatabaseUnavailableError",
        "HistoryError",
        "InterruptionError",
        "LocalServerError",
        "MigrationRefusedError",
        "MigratorLockError",
        "OutputClosedError",
        "SchemaproofError",
        "TamperedHistoryError",
    ),
    "schemaproof.findings.baseline": ("Extent",),
    "schemaproof.findings.codes": ("Severity",),
    "schemaproof.findings.findings": ("Kind", "Report"),
    "schemaproof.history.history": ("load_history",),
    "schemaproof.history.ledger": ("ledger_rows",),
    "schemaproof.history.table_safety": ("inspect_tables", "refuse_unsafe"),
    "schemaproof.history.version_table": ("inspect_history",),
    "schemaproof.output.documents": (
        "Document",
        "Lines",
        "as_columns",
        "as_csv",
        "as_json",
        "lines",
        "visible",
    ),
    "schemaproof.program": ("called",),
    "schemaproof.project": ("Project",),
    "schemaproof.project_file": ("FormerTable", "find_project", "look_for_project"),
    "schemaproof.report.cells": ("cell",),
    "schemaproof.scratch.embedded.accounts": ("ensure_role_and_database",),
    "schemaproof.scratch.embedded.server": ("LocalServer",),
    "schemaproof.scratch.scratch": ("local_server",),
}
_HOMES: Final = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [*_HOMES]  # noqa: PLE0604 - a table of names


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
