"""At least one object of every kind that PostgreSQL knows.

Revision ID: 000000000001
Revises:
Create Date: 2026-11-22 23:00:00+00:00
"""

from alembic import op
from zoo_models import metadata

revision = "000000000001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The revision creates what the models declare, so that the zoo is described only once.
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    op.execute('DROP SCHEMA zoo, "a ""wild"" 50%% schéma" CASCADE')
