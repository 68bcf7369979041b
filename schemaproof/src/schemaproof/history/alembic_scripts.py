"""Alembic's own view of a project: its configuration and its revisions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schemaproof.errors import ConfigurationError
from schemaproof.history import alembic_options, revision_files
from schemaproof.history.alembic_options import SECTION, escaped
from schemaproof.history.revision_files import RevisionFile
from schemaproof.project import Project

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script, ScriptDirectory

_SEPARATORS: Final = frozenset({"path_separator", "version_path_separator"})


def script_directory(project: Project) -> ScriptDirectory:
    """Return Alembic's view of the revisions.

    Raises:
        ConfigurationError: There is no folder of revisions.
    """
    require_folder(project)
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic_config(project, quiet=True))


def alembic_config(project: Project, *, quiet: bool = False) -> Config:
    """Return Alembic's configuration of the project.

    Args:
        project: The project.
        quiet: Whether to silence what Alembic says of itself.
    """
    from argparse import Namespace

    from alembic.config import Config

    ini = project.alembic_ini
    given = alembic_options.options(project)
    # With options it would be taken for Alembic's own command line, wherever env.py looks at them.
    config = Config(
        ini if ini.exists() else None,
        project.pyproject,
        cmd_opts=Namespace(quiet=True) if quiet else None,
    )
    if ini.exists():
        # Alembic takes the folder as it is, and would read a % in its name as the start of a name.
        config.file_config.set("DEFAULT", "here", escaped(ini.parent.absolute()))
    if not config.file_config.has_section(SECTION):
        config.file_config.add_section(SECTION)
    config.set_main_option("script_location", escaped(project.script_location))
    if not _SEPARATORS.intersection(given):
        config.set_main_option("path_separator", "os")
    return config


def require_folder(project: Project) -> None:
    """Refuse a project without a folder of revisions.

    Raises:
        ConfigurationError: There is none.
    """
    if not project.script_location.is_dir():
        raise ConfigurationError(
            f"{project.script_location} is no folder",
            remedy="name the folder of env.py: script-location in [tool.schemaproof]",
        )


def read(project: Project) -> list[RevisionFile]:
    """Read all revisions, each after the ones that it follows."""
    script = script_directory(project)
    return [
        RevisionFile(
            id=found.revision,
            follows=revision_files.ids(found.down_revision),
            depends_on=_ids(script, found.dependencies),
            title=found.doc,
            path=Path(found.path),
        )
        for found in reversed(list(script.walk_revisions()))
    ]


def parents(script: ScriptDirectory, revision: Script) -> tuple[str, ...]:
    """Return the revisions that one follows or depends on."""
    return *revision_files.ids(revision.down_revision), *_ids(script, revision.dependencies)


def _ids(script: ScriptDirectory, dependencies: Any) -> tuple[str, ...]:
    # Here a branch's label, or the beginning of an id, may stand for the id.
    return tuple(script.get_revision(one).revision for one in revision_files.ids(dependencies))
