"""The models of a project, imported by the process that env.py runs in."""

import sys
from collections import ChainMap
from collections.abc import Sequence
from typing import Final

from sqlalchemy import MetaData
from sqlalchemy.util import FacadeDict

from schemaproof.errors import ConfigurationError
from schemaproof.history import refusals
from schemaproof.history.alembic_options import import_paths
from schemaproof.probe.client import RefusedError
from schemaproof.probe.project_side import models
from schemaproof.probe.project_side.failures import FailedError
from schemaproof.project import Project

# This is the default for the project's own env.py. Other projects pass their metadata to Alembic,
# from where it is read.
_USUAL: Final = ("models:Base.metadata",)


class CombinedMetaData(MetaData):
    """Several metadatas seen as one.

    The combination has no naming convention, as in Alembic with a list of metadatas: constraints
    already have their names.
    """

    def __init__(self, parts: Sequence[MetaData]) -> None:
        super().__init__()
        self.tables = FacadeDict(ChainMap(*(part.tables for part in parts)))


def load_metadata(project: Project) -> MetaData:
    """Import the metadata that ``[tool.schemaproof] metadata`` names (``module:attribute``).

    The project's folder, and ``prepend_sys_path`` of its Alembic configuration, are where modules
    are looked for first; they stay on ``sys.path``.

    Raises:
        ConfigurationError: There is no such module or attribute, it is not a ``MetaData``, the
            models do not load, or two metadatas have the same table.
    """
    folders = import_paths(project)
    sys.path[:0] = [text for one in folders if (text := str(one)) not in sys.path]
    try:
        parts = [models.metadata(name) for name in project.metadata or _USUAL]
    except FailedError as error:
        refused = RefusedError(error.kind, str(error), error.details)
        where = f"this is {sys.executable}"
        raise refusals.models_refused(refused, folders, where) from error
    if len(parts) == 1:
        return parts[0]
    tables = [key for part in parts for key in part.tables]
    if twice := sorted({key for key in tables if tables.count(key) > 1}):
        raise ConfigurationError(
            f"{', '.join(twice)}: more than one metadata has it",
            remedy="name only metadatas without a table in common in [tool.schemaproof]",
        )
    return CombinedMetaData(parts)
