"""Add the audit columns to the tables of quantum.

Revision ID: c1f6a83d9b05
Revises: 8e94b0f2d617
Create Date: 2026-11-22 09:20:00+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c1f6a83d9b05"
down_revision = "8e94b0f2d617"
branch_labels = None
depends_on = None

AUDITED = (
    "team_quantum_dna",
    "quantum_friction_matrix",
    "quantum_strategies",
    "chess_classifications",
    "goalscorer_profiles",
)


def upgrade() -> None:
    for table in AUDITED:
        op.add_column(
            table,
            sa.Column("created_by", sa.String(100), comment="Actor that created the row"),
            schema="quantum",
        )
        op.add_column(
            table,
            sa.Column("updated_by", sa.String(100), comment="Actor that last changed the row"),
            schema="quantum",
        )
        op.add_column(
            table,
            sa.Column("change_reason", sa.Text(), comment="Why the row was last changed"),
            schema="quantum",
        )


def downgrade() -> None:
    for table in reversed(AUDITED):
        op.drop_column(table, "change_reason", schema="quantum")
        op.drop_column(table, "updated_by", schema="quantum")
        op.drop_column(table, "created_by", schema="quantum")
