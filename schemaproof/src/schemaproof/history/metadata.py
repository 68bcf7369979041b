"""The models of a project, found by the names that its configuration gives."""

import sys
from collections import ChainMap
from collections.abc import Sequence
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from sqlalchemy import MetaData
from sqlalchemy.util import FacadeDict

from schemaproof.errors import ConfigurationError
from schemaproof.history.alembic_options import import_paths
from schemaproof.project import Project

# Our own env.py can only ask us; what others hand to Alembic is taken from there.
_USUAL: Final = ("models:Base.metadata",)


class CombinedMetaData(MetaData):
    """Several metadatas seen as one.

    It has no naming convention, as Alembic has none for a list of metadatas: the tables have their
    names already.
    """

    def __init__(self, parts: Sequence[MetaData]) -> None:
        super().__init__()
        self._parts = tuple(parts)
        self.tables = FacadeDict(ChainMap(*(part.tables for part in parts)))

    def create_all(self, *args: Any, **options: Any) -> None:
        """Create each, in their order."""
        for part in self._parts:
            part.create_all(*args, **options)


def load_metadata(project: Project) -> MetaData:
    """Import the metadata that ``[tool.schemaproof] metadata`` names (``module:attribute``).

    The project's folder, and ``prepend_sys_path`` of its Alembic configuration, are where modules
    are looked for first; they stay on ``sys.path``.

    Raises:
        ConfigurationError: There is no such module or attribute, it is not a ``MetaData``, the
            models do not load, or two metadatas have the same table.
    """
    parts = [_load(name, project) for name in project.metadata or _USUAL]
    if len(parts) == 1:
        return parts[0]
    tables = [key for part in parts for key in part.tables]
    if twice := sorted({key for key in tables if tables.count(key) > 1}):
        raise ConfigurationError(
            f"{', '.join(twice)}: more than one metadata has it",
            remedy="name only metadatas without a table in common in [tool.schemaproof]",
        )
    return CombinedMetaData(parts)


def read_attribute(project: Project, name: str, key: str) -> Any:
    """Import what a key of ``[tool.schemaproof]`` names as ``module:attribute``.

    Raises:
        ConfigurationError: It cannot be imported.
    """
    for folder in reversed(import_paths(project)):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    module, _, attribute = name.partition(":")
    try:
        return attrgetter(attribute)(import_module(module))
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ConfigurationError(
            f"the {key} {name!r} cannot be imported ({reason})",
            remedy=_remedy(error, project, key),
        ) from error


def _load(name: str, project: Project) -> MetaData:
    found = read_attribute(project, name, "metadata")
    if not isinstance(found, MetaData):
        raise ConfigurationError(
            f"{name!r} is a {type(found).__name__}",
            remedy="name a sqlalchemy.MetaData in [tool.schemaproof], as module:attribute",
        )
    return found


def _remedy(error: Exception, project: Project, key: str) -> str:
    if not isinstance(error, (ImportError, AttributeError)):
        return "make sure that it can be imported here"
    package = (getattr(error, "name", None) or "").partition(".")[0]
    if _is_hidden(package, import_paths(project)):
        named = f"the package {package!r} of the project has the name of one that is installed"
        return f"{named}: rename it"
    return f"correct {key} in [tool.schemaproof], as module:attribute"


def _is_hidden(package: str, folders: Sequence[Path]) -> bool:
    """Whether one of these folders holds a package, and one of that name was found elsewhere."""
    own = {
        place
        for folder in folders
        for place in (folder / package, folder / f"{package}.py")
        if place.exists()
    }
    module = sys.modules.get(package)
    found = getattr(module, "__path__", None) or [getattr(module, "__file__", None)]
    return bool(own) and own.isdisjoint(Path(one).resolve() for one in found if one)
