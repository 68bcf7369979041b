"""Explain failures of the project's own code, with remedies."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from schemaproof.errors import ConfigurationError, HistoryError, NoModelsError
from schemaproof.output import whole_file
from schemaproof.probe.client import RefusedError
from schemaproof.scratch.choice import missing_extension_advice
from schemaproof.scratch.providers import find_providers

_OF_ALEMBIC: Final = frozenset(
    {"CommandError", "RevisionError", "MultipleHeads", "ResolutionError"}
)
_MODELS_REMEDY: Final = (
    "correct them; objects from before the first revision belong in scratch-sql of"
    " [tool.schemaproof]"
)


def upgrade_refused(
    error: RefusedError, revision: str, where: str
) -> HistoryError | ConfigurationError:
    """Return the error for a revision that failed in a scratch database."""
    message = plain(error)
    if error.kind == "import":
        return import_refused(error, error.details["key"], (), where)
    if error.details.get("type") in _OF_ALEMBIC:
        return ConfigurationError(message)
    if (missing := engine_missing(error)) is not None:
        return missing
    if error.kind in {"elsewhere", "unconnected"}:
        return HistoryError(
            f"env.py does not migrate the scratch database: {message}",
            remedy=f"have it connect by an engine for PostgreSQL; {where}",
        )
    return HistoryError(
        f"revision {revision} fails in a scratch database: {message}",
        remedy=_extension_advice(error.details)
        or "correct the revision; start or scratch-sql of [tool.schemaproof] creates what exists"
        f" before the first one; {where}",
    )


def models_refused(
    error: RefusedError, folders: Sequence[Path], where: str
) -> HistoryError | ConfigurationError:
    """Return the error for models that could not be used."""
    if error.kind == "no-metadata":
        return ConfigurationError(
            f"{error.details['name']!r} is a {error.message}",
            remedy="name a sqlalchemy.MetaData in [tool.schemaproof], as module:attribute",
        )
    if error.kind in {"no-models", "no-target"}:
        kind = NoModelsError if error.kind == "no-models" else ConfigurationError
        return kind(
            f"the models are not found: {error.message}",
            remedy=f"name them: metadata in [tool.schemaproof]; {where}",
        )
    if error.kind == "import":
        return import_refused(error, error.details["key"], folders, where)
    return HistoryError(
        f"the models cannot be created in a scratch database: {plain(error)}",
        remedy=_MODELS_REMEDY,
    )


def import_refused(
    error: RefusedError, key: str, folders: Sequence[Path], where: str
) -> ConfigurationError:
    """Return the error for an attribute (``module:attribute``) that could not be imported."""
    return ConfigurationError(
        f"the {key} {error.details['name']!r} cannot be imported ({error.message})",
        remedy=_import_remedy(error.details, key, folders, where),
    )


def _import_remedy(
    details: Mapping[str, Any], key: str, folders: Sequence[Path], where: str
) -> str:
    if not details["import_failed"]:
        return f"make sure that it can be imported; {where}"
    package = details["missing"]
    if _is_hidden(package, folders, details["found"]):
        named = f"the package {package!r} of the project has the name of one that is installed"
        return f"{named}: rename it"
    return f"correct {key} in [tool.schemaproof], as module:attribute"


def writing_refused(
    error: RefusedError, folders: Sequence[Path], where: str
) -> HistoryError | ConfigurationError:
    """Return the error for a revision that could not be written."""
    kind, message, number = error.details.get("type"), plain(error), error.details.get("errno")
    if error.kind in {"import", "no-metadata", "no-models", "no-target"}:
        return models_refused(error, folders, where)
    if error.kind == "name":
        return ConfigurationError(message, remedy="shorten it in the models")
    if kind in _OF_ALEMBIC:
        return ConfigurationError(message)
    if number:
        return HistoryError(
            f"the revision cannot be written: {os.strerror(number)}",
            remedy=whole_file.write_remedy(OSError(number, os.strerror(number))),
        )
    return HistoryError(
        f"the revision that was generated cannot be written or loaded: {message}",
        remedy="if the message does not name the cause, look at script.py.mako, env.py and the"
        f" types of the models; {where}",
    )


def _extension_advice(details: Mapping[str, Any]) -> str | None:
    state, statement = details.get("sqlstate"), details.get("statement")
    return missing_extension_advice(state, statement, find_providers())


def engine_missing(error: RefusedError) -> ConfigurationError | None:
    """Return the error for an env.py that imports ``schemaproof`` in a Python without it."""
    package = (error.details.get("module") or "").partition(".")[0]
    if package != "schemaproof":
        return None
    return ConfigurationError(
        "env.py imports schemaproof, which the project's Python does not have",
        remedy="install it there, too, from its checkout: pip install './schemaproof[runner]'",
    )


def plain(error: RefusedError) -> str:
    """Return Alembic's own errors without their class, as its command line shows them."""
    kind = error.details.get("type")
    return error.message.removeprefix(f"{kind}: ") if kind in _OF_ALEMBIC else error.message


def _is_hidden(package: str, folders: Sequence[Path], found: Sequence[str]) -> bool:
    """Whether a package in one of these folders is hidden by another one of the same name."""
    own = {
        place
        for folder in folders
        for place in (folder / package, folder / f"{package}.py")
        if package and place.exists()
    }
    return bool(own) and own.isdisjoint(Path(one) for one in found)
