"""Alembic's configuration of a project, for Alembic commands in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemaproof.alembic_file import escaped
from schemaproof.history import alembic_options
from schemaproof.project import INI_SECTION, Project

if TYPE_CHECKING:
    from alembic.config import Config

_SEPARATORS: Final = frozenset({"path_separator", "version_path_separator"})


def alembic_config(project: Project, *, quiet: bool = False) -> Config:
    """Return Alembic's configuration of the project.

    Args:
        project: The project.
        quiet: Whether to suppress Alembic's output.
    """
    from argparse import Namespace

    from alembic.config import Config

    ini = project.alembic_ini
    given = alembic_options.options(project)
    # If cmd_opts were always set, an env.py that reads it would take this for Alembic's command
    # line.
    config = Config(
        ini if ini.exists() else None,
        project.pyproject,
        cmd_opts=Namespace(quiet=True) if quiet else None,
    )
    if ini.exists():
        # Alembic would interpolate a % in the name of the folder, so it is escaped.
        config.file_config.set("DEFAULT", "here", escaped(ini.parent.absolute()))
    if not config.file_config.has_section(INI_SECTION):
        config.file_config.add_section(INI_SECTION)
    config.set_main_option("script_location", escaped(project.script_location))
    if not _SEPARATORS.intersection(given):
        config.set_main_option("path_separator", "os")
    return config
