"""Alembic's configuration, as its own command line makes it."""

from __future__ import annotations

import inspect
import os
import sys
from argparse import Namespace
from typing import Any

USUAL = {"raiseerr": True, "quiet": True, "sql": False, "tag": None}
"""The arguments that Alembic's command line passes with every command."""


def made(ini: str | None, toml: str, given: Namespace) -> Any:
    """Return the configuration from a file that may hold several sections.

    Args:
        ini: The configuration file; None where there is none.
        toml: The project's pyproject.toml, which newer versions read too.
        given: The arguments of the command line, ``name`` (the section) among them.
    """
    from alembic.config import Config

    given.config = ini
    takes_toml = "toml_file" in inspect.signature(Config.__init__).parameters
    more: dict[str, Any] = {"toml_file": toml} if takes_toml and os.path.exists(toml) else {}
    config: Any = Config(ini, ini_section=given.name, cmd_opts=given, stdout=sys.stderr, **more)
    if ini:
        # Alembic would interpolate a % in the name of the folder, so it is escaped.
        config.file_config.set("DEFAULT", "here", escaped(os.path.dirname(ini)))
    if not config.file_config.has_section(given.name):
        config.file_config.add_section(given.name)
    return config


def escaped(path: str) -> str:
    """Return a path for a file with interpolation."""
    return os.path.abspath(path).replace("%", "%%")
