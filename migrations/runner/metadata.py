"""The models of a project, found by the name that its configuration gives."""

from __future__ import annotations

from importlib import import_module
from operator import attrgetter

from sqlalchemy import MetaData

from core.errors import ConfigurationError
from core.project import Project


def load_metadata(project: Project) -> MetaData:
    """Import the metadata that ``[tool.monps-db] metadata`` names (``module:attribute``).

    Raises:
        ConfigurationError: There is no such module, attribute, or it is not a ``MetaData``.
    """
    module, _, attribute = project.metadata.partition(":")
    try:
        found = attrgetter(attribute)(import_module(module))
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"the metadata {project.metadata!r} cannot be imported ({error})",
            remedy="correct metadata in [tool.monps-db], as module:attribute",
        ) from error
    if not isinstance(found, MetaData):
        raise ConfigurationError(
            f"{project.metadata!r} is a {type(found).__name__}",
            remedy="name a sqlalchemy.MetaData in [tool.monps-db], as module:attribute",
        )
    return found
