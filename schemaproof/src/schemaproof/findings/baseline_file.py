"""The file of known differences that are accepted."""

import tomllib
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from schemaproof.errors import ConfigurationError
from schemaproof.findings.baseline import Entry
from schemaproof.findings.codes import code
from schemaproof.program import with_program
from schemaproof.schema.paths import ObjectPath

TABLE: Final = "accepted"
_HEAD: Final = "# Differences that {program} check accepts; see docs/checking.md.\n"


def load(path: Path | None) -> tuple[Entry, ...]:
    """Read the baseline from a file; a file that does not exist accepts nothing.

    Raises:
        ConfigurationError: The file cannot be read, or is no baseline.
    """
    if path is None:
        return ()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"the baseline {path} cannot be read",
            remedy=with_program(
                "write it with {program} adopt, or {program} check --update-baseline"
            ),
        ) from error
    return parse(text, name=path.name)


def parse(text: str, *, name: str) -> tuple[Entry, ...]:
    """Read the entries of a baseline from text.

    Args:
        text: TOML: an array of tables ``[[accepted]]`` with the attributes of :class:`Entry`.
        name: The file's name, for messages.

    Raises:
        ConfigurationError: The text is no baseline; the message says where.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{name} is not valid TOML: {error}", remedy="correct it, or write it again"
        ) from error
    entries = content.get(TABLE, [])
    if set(content) - {TABLE} or not isinstance(entries, list):
        raise ConfigurationError(
            f"{name} contains something other than [[{TABLE}]]", remedy="remove it"
        )
    return tuple(_entry(name, number, entry) for number, entry in enumerate(entries, start=1))


def dumps(entries: Iterable[Entry]) -> str:
    """Return the text of a baseline, sorted by object."""
    # A whole tomlkit document takes seconds for many entries; tomlkit's single values do not.
    from tomlkit import item

    parts = [with_program(_HEAD)]
    for entry in sorted(entries, key=lambda entry: (entry.path, entry.code)):
        known = {key: value for key, value in asdict(entry).items() if value is not None}
        lines = (f"{key} = {item(value).as_string()}\n" for key, value in known.items())
        parts.append("".join([f"[[{TABLE}]]\n", *lines]))
    return "\n".join(parts)


def _entry(name: str, number: int, content: Any) -> Entry:
    where = f"{name}, entry {number}"
    try:
        entry = Entry(**content)
    except TypeError as error:
        known = ", ".join(Entry.__dataclass_fields__)
        raise ConfigurationError(
            f"{where} needs code, path and reason", remedy=f"an entry can have {known}"
        ) from error
    texts = (entry.code, entry.path, entry.reason, entry.expected or "", entry.actual or "")
    if not all(isinstance(value, str) for value in texts) or not entry.reason.strip():
        raise ConfigurationError(f"{where}: code, path and reason are texts, none of them empty")
    if entry.expires is not None and type(entry.expires) is not date:
        raise ConfigurationError(f"{where}: expires is a date, such as 2027-01-31")
    try:
        return replace(entry, code=code(entry.code), path=ObjectPath.parse(entry.path))
    except KeyError as error:
        raise ConfigurationError(
            f"{where}: unknown code {entry.code!r}", remedy="the codes are in docs/checking.md"
        ) from error
