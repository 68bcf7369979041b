"""Mark the existing database.

The Mon_PS database in production says that it is at this revision. Nothing is changed here: the
existing database is recognised by it, and an empty database passes through it.

Revision ID: abbc4f65c12b
Revises:
Create Date: 2025-12-16 00:00:00+00:00
"""

from __future__ import annotations

revision = "abbc4f65c12b"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
