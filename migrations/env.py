"""Alembic runs this script for every command that needs the models or the database."""

from core.target import TARGET
from schemaproof.alembic import run_migrations

run_migrations(TARGET)
