"""Errors in settings, with a line for each variable."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Final, get_args

from core.errors import ConfigurationError
from core.setting_types import Expected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails


OWN_MESSAGE: Final = "own_message"
"""The type of an error of ours whose own message says what the value should be."""


def configuration_error(
    error: ValidationError, fields: Mapping[str, FieldInfo], file: Path | None
) -> ConfigurationError:
    """Translate an error of pydantic into a ``ConfigurationError``.

    Args:
        error: The error of pydantic; a value is repeated only where ``Expected.echo`` allows it.
        fields: The fields of the settings, by name.
        file: The ``.env`` that was read; None when there was none.
    """
    problems = error.errors(include_url=False, include_context=False)
    # Each variable gets one line. They are sorted, because pydantic's order of inherited fields
    # depends on its version.
    lines = {str(problem["loc"][0]): _line(problem, fields) for problem in problems}
    source = f"the environment or {file}" if file else "the environment or a file .env"
    return ConfigurationError(
        "\n".join(lines[name] for name in sorted(lines)),
        remedy=f"set it in {source}, as .env.example shows",
    )


def _line(problem: ErrorDetails, fields: Mapping[str, FieldInfo]) -> str:
    name = str(problem["loc"][0])
    if problem["type"] == "missing":
        return f"{name}: is missing or blank, see .env.example"
    expected = _expected(fields[name])
    value = f", not {reprlib.repr(problem['input'])}" if expected.echo else ""
    text = problem["msg"] if problem["type"] == OWN_MESSAGE else expected.text
    return f"{name}: should be {text}{value}"


def _expected(field: FieldInfo) -> Expected:
    # The annotation of an optional setting holds Expected one level down, on the part that is not
    # None.
    parts = [getattr(part, "__metadata__", ()) for part in get_args(field.annotation)]
    found = (
        item for part in (field.metadata, *parts) for item in part if isinstance(item, Expected)
    )
    return next(found, Expected("something else", echo=False))
