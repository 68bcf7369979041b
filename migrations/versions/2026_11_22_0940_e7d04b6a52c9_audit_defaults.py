"""Name the role that inserts a row where nobody else is named.

Revision ID: e7d04b6a52c9
Revises: 5b27e9c4f8a1
Create Date: 2026-11-22 09:40:00+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e7d04b6a52c9"
down_revision = "5b27e9c4f8a1"
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
        for column in ("created_by", "updated_by"):
            op.alter_column(table, column, server_default=sa.text("CURRENT_USER"), schema="quantum")


def downgrade() -> None:
    for table in AUDITED:
        for column in ("created_by", "updated_by"):
            op.alter_column(table, column, server_default=None, schema="quantum")
