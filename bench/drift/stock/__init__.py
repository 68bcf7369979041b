"""Alembic's environment for `alembic check`: every comparison on, no filter of ours."""
