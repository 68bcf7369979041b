"""Index the DNA vectors that are searched by containment.

Revision ID: 5b27e9c4f8a1
Revises: c1f6a83d9b05
Create Date: 2026-11-22 09:30:00+00:00
"""

from __future__ import annotations

from alembic import op

revision = "5b27e9c4f8a1"
down_revision = "c1f6a83d9b05"
branch_labels = None
depends_on = None

SEARCHED = ("market_dna", "context_dna", "nemesis_dna")


def upgrade() -> None:
    for vector in SEARCHED:
        op.create_index(
            f"ix_team_quantum_dna_{vector}",
            "team_quantum_dna",
            [vector],
            schema="quantum",
            postgresql_using="gin",
            postgresql_ops={vector: "jsonb_path_ops"},
        )


def downgrade() -> None:
    for vector in reversed(SEARCHED):
        op.drop_index(
            f"ix_team_quantum_dna_{vector}", table_name="team_quantum_dna", schema="quantum"
        )
