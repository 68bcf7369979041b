"""Index what pages of odds and top scorers are ordered by.

A table that was there before this history, in another shape, is left untouched. A script that is
only printed (--sql) decides that in the SQL, where no index can be built concurrently.

Revision ID: 771a423699c2
Revises: e7d04b6a52c9
Create Date: 2026-11-30 13:43:36+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "771a423699c2"
down_revision = "e7d04b6a52c9"
branch_labels = None
depends_on = None
downgrade_loses = None

INDEXES = (
    ("ix_odds_commence_time_id", "odds", ["commence_time", "id"], "public"),
    ("ix_goalscorer_profiles_goals_total", "goalscorer_profiles", ["goals_total"], "quantum"),
)
IS_OURS = """
SELECT FROM pg_catalog.pg_constraint
WHERE conname OPERATOR(pg_catalog.=) CAST(:key AS pg_catalog.name)
    AND conrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(:table)
"""
PRINTED = """
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_catalog.pg_constraint
        WHERE conname OPERATOR(pg_catalog.=) CAST('pk_odds' AS pg_catalog.name)
            AND conrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('public.odds')
    ) THEN
        CREATE INDEX IF NOT EXISTS ix_odds_commence_time_id
            ON public.odds (commence_time, id);
    END IF;
    IF EXISTS (
        SELECT FROM pg_catalog.pg_constraint
        WHERE conname OPERATOR(pg_catalog.=) CAST('pk_goalscorer_profiles' AS pg_catalog.name)
            AND conrelid OPERATOR(pg_catalog.=)
                pg_catalog.to_regclass('quantum.goalscorer_profiles')
    ) THEN
        CREATE INDEX IF NOT EXISTS ix_goalscorer_profiles_goals_total
            ON quantum.goalscorer_profiles (goals_total);
    END IF;
END
$$
"""


def is_ours(table: str, schema: str) -> bool:
    """Whether this history made a table."""
    names = {"key": f"pk_{table}", "table": f"{schema}.{table}"}
    return op.get_bind().execute(sa.text(IS_OURS), names).first() is not None


def create(*, concurrently: bool) -> None:
    """Create the indexes of the tables that are ours."""
    for name, table, columns, schema in INDEXES:
        if is_ours(table, schema):
            op.create_index(
                name,
                table,
                columns,
                schema=schema,
                postgresql_concurrently=concurrently,
                if_not_exists=True,
            )


def drop(*, concurrently: bool) -> None:
    """Drop the indexes where they are."""
    for name, table, _, schema in reversed(INDEXES):
        op.drop_index(
            name,
            table_name=table,
            schema=schema,
            postgresql_concurrently=concurrently,
            if_exists=True,
        )


def is_in_transaction() -> bool:
    """Whether the caller hands over a connection, as tests do, whose transaction stays open."""
    config = op.get_context().config
    return config is not None and "connection" in config.attributes


def upgrade() -> None:
    if op.get_context().as_sql:
        op.execute(PRINTED)
    elif is_in_transaction():
        create(concurrently=False)
    else:
        with op.get_context().autocommit_block():
            create(concurrently=True)


def downgrade() -> None:
    if is_in_transaction():
        drop(concurrently=False)
    else:
        with op.get_context().autocommit_block():
            drop(concurrently=True)
