"""Index what pages of odds and top scorers are ordered by.

A table that was there before this history, in another shape, is left untouched. A script that is
only printed (--sql) decides that in the SQL, where no index can be built concurrently.

Revision ID: 771a423699c2
Revises: e7d04b6a52c9
Create Date: 2026-11-30 13:43:36+00:00
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
WHERE conname = 'pk_' || :name AND conrelid = to_regclass(:schema || '.' || :name)
"""
PRINTED = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint
               WHERE conname = 'pk_odds' AND conrelid = to_regclass('public.odds')) THEN
        CREATE INDEX IF NOT EXISTS ix_odds_commence_time_id
            ON public.odds (commence_time, id);
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint
               WHERE conname = 'pk_goalscorer_profiles'
                   AND conrelid = to_regclass('quantum.goalscorer_profiles')) THEN
        CREATE INDEX IF NOT EXISTS ix_goalscorer_profiles_goals_total
            ON quantum.goalscorer_profiles (goals_total);
    END IF;
END
$$
"""


@contextmanager
def while_others_write() -> Iterator[bool]:
    """Whether it can be: not in a transaction of the caller's, as tests hand one over."""
    context = op.get_context()
    if context.config is not None and "connection" in context.config.attributes:
        yield False
    else:
        with context.autocommit_block():
            yield True


def is_ours(table: str, schema: str) -> bool:
    """Whether this history made a table."""
    names = {"schema": schema, "name": table}
    return op.get_bind().execute(sa.text(IS_OURS), names).first() is not None


def upgrade() -> None:
    if op.get_context().as_sql:
        op.execute(PRINTED)
        return
    with while_others_write() as concurrently:
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


def downgrade() -> None:
    with while_others_write() as concurrently:
        for name, table, _, schema in reversed(INDEXES):
            op.drop_index(
                name,
                table_name=table,
                schema=schema,
                postgresql_concurrently=concurrently,
                if_exists=True,
            )
