"""The environment of Alembic for `alembic check`, with all comparisons and no filter."""
