"""Changes that the audit misses, because PostgreSQL fires no event (manual, chapter 38)."""

from typing import Final

GAPS: Final = (
    (
        "roles, databases, tablespaces and settings, which belong to the whole server: CREATE,"
        " ALTER and DROP ROLE, GRANT of a role, ALTER ROLE and ALTER DATABASE ... SET, ALTER"
        " SYSTEM, and comments on those (log_statement = ddl logs them)"
    ),
    "event triggers themselves: CREATE, ALTER and DROP EVENT TRIGGER",
    "rows: INSERT, UPDATE, DELETE, TRUNCATE, COPY, setval()",
    (
        "maintenance: VACUUM, ANALYZE, CLUSTER, and REINDEX before PostgreSQL 17; REFRESH"
        " MATERIALIZED VIEW is left out"
    ),
    "temporary objects, and the objects that CREATE EXTENSION creates",
    (
        "changes that a superuser hides: with the event triggers disabled or event_triggers = off,"
        " directly in the system catalogs, or in single-user mode"
    ),
)
"""The commands and changes that the audit does not record, a phrase each."""
