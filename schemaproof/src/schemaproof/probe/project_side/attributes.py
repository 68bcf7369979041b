"""Objects that the configuration names as ``module:attribute``."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from operator import attrgetter
from typing import Any

from .failures import FailedError


def attribute(name: str, key: str = "metadata") -> Any:
    """Return the object with the name ``module:attribute``.

    Args:
        name: The name of the object.
        key: The key of the configuration that names it.

    Raises:
        FailedError: The object cannot be imported.
    """
    module, _, path = name.partition(":")
    try:
        return attrgetter(path)(import_module(module))
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise FailedError(
            "import",
            reason,
            name=name,
            key=key,
            import_failed=isinstance(error, (ImportError, AttributeError)),
            missing=(getattr(error, "name", None) or "").partition(".")[0],
            found=_package_paths((getattr(error, "name", None) or "").partition(".")[0]),
        ) from error


def _package_paths(package: str) -> list[str]:
    module = sys.modules.get(package)
    places = list(getattr(module, "__path__", None) or [getattr(module, "__file__", None)])
    return [os.path.realpath(one) for one in places if one]
