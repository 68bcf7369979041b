"""Versions of the project's libraries that are too old are refused by name."""

import pytest

from schemaproof.probe.project_side import libraries
from schemaproof.probe.project_side.failures import FailedError


@pytest.mark.parametrize(
    ("sqlalchemy", "alembic", "refused"),
    [
        ("1.4.0", "1.8.1", None),
        ("2.1.0b2", "1.18", None),
        ("2.1.dev0", "1.18", None),
        ("1.3.24", "1.14.1", "SQLAlchemy 1.3.24 is installed there, and 1.4 or later is needed"),
        ("2.0.1", "1.7.7", "Alembic 1.7.7 is installed there, and 1.8 or later is needed"),
    ],
)
def test_what_is_too_old_is_refused(
    monkeypatch: pytest.MonkeyPatch, sqlalchemy: str, alembic: str, refused: str | None
) -> None:
    installed = {"sqlalchemy": sqlalchemy, "alembic": alembic}
    monkeypatch.setattr(libraries, "version", installed.__getitem__)
    if refused is None:
        libraries.require()
        return
    with pytest.raises(FailedError) as error:
        libraries.require()
    assert str(error.value) == refused
