"""Alembic runs this script for every command that needs the models or the database."""

from alembic import context

from core.target import TARGET
from migrations.runner import environment, one_line

with one_line.errors(context.config, TARGET):
    environment.run(context, TARGET)
