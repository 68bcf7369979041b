"""Read settings: from the program, the environment, then ``.env``, then the defaults."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core import credential_sources
from core.env_file import (
    PASSWORD,
    EnvFile,
    load_env_file,
    read_env_file,
    refuse_foreign_address,
)
from core.settings.messages import configuration_error

if TYPE_CHECKING:
    from collections.abc import Mapping

FIND: Final = Path()
"""The default of ``_env_file``: look for the file. None means: use no file."""


class Settings(BaseSettings):
    """The base of all settings.

    A blank value counts as not set, and the environment takes precedence over ``.env``, even with
    a blank value. Wrong settings raise ``ConfigurationError`` with a line for each variable.

    Args:
        _env_file: The file to read instead of the ``.env`` that is found; None reads none.
        **values: Settings given directly; they take precedence over the environment.
    """

    # Building the validators is deferred, because no instance of the classes between this one and
    # the last is ever made.
    model_config = SettingsConfigDict(
        case_sensitive=True,
        defer_build=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    _sources: credential_sources.CredentialSources = PrivateAttr(
        default=credential_sources.CredentialSources()
    )

    def __init__(self, _env_file: Path | str | None = FIND, **values: object) -> None:
        fields = type(self).model_fields
        if _env_file is None:
            file = EnvFile()
        elif _env_file == FIND:
            file = load_env_file(fields)
        else:
            file = read_env_file(Path(_env_file), fields)
        # The file is not left to pydantic-settings, which would replace ${...} in it and raise its
        # own errors before ours.
        from_file = {name: text for name, text in file.values.items() if name not in os.environ}
        given = cast("dict[str, Any]", {**from_file, **values})
        layers: dict[str, Mapping[str, object]] = {
            "the program": values,
            "the environment": os.environ,
            str(file.path): from_file,
        }
        names = {
            name: layer
            for layer, found in reversed(layers.items())
            for name in fields
            if not _is_blank(found.get(name, ""))
        }
        stated = {name: _plain(layers[layer][name]) for name, layer in names.items()}
        is_foreign = PASSWORD in stated and names[PASSWORD] != str(file.path)
        if is_foreign or credential_sources.asks_further(stated):
            refuse_foreign_address(file, from_file.keys() - values.keys())
        where, fetched = credential_sources.find(stated, names)
        try:
            super().__init__(_env_file=None, **{**given, **fetched})
        except ValidationError as error:
            # The error is not chained, because pydantic's errors contain the input, which may be a
            # password.
            raise configuration_error(error, fields, file.path) from None
        self._sources = where

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, values: Mapping[str, object]) -> dict[str, object]:
        return {name: value for name, value in values.items() if not _is_blank(value)}


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _is_blank(value: object) -> bool:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    return isinstance(text, str) and not text.strip()
