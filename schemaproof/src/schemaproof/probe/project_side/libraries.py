"""The oldest releases of the project's libraries that are supported."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from .failures import FailedError

_OLDEST = {"sqlalchemy": ("SQLAlchemy", (1, 4)), "alembic": ("Alembic", (1, 8))}


def require() -> None:
    """Refuse releases that are too old; a missing library fails when it is imported.

    Raises:
        FailedError: A release is too old.
    """
    for package, (name, oldest) in _OLDEST.items():
        try:
            found = version(package)
        except PackageNotFoundError:
            continue
        parts = [part for part in found.split(".")[:2] if part.isdigit()]
        if len(parts) > 1 and tuple(map(int, parts)) < oldest:
            needed = ".".join(map(str, oldest))
            raise FailedError(
                "version", f"{name} {found} is installed there, and {needed} or later is needed"
            )
