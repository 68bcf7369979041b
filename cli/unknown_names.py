"""Report names of season files that Mon_PS does not know: their number, and a file to fill in."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import tomlkit

from core.errors import ConfigurationError
from loading.football_data import names
from loading.football_data.account import Unknown

SHOWN: Final = 5
"""The number of names that a line shows; the file has all of them."""

_HEAD: Final = (
    "Fill in what Mon_PS calls each of them, then load with --names and this file,"
    f" or move the lines into {names.FILE}. A blank name is left out."
)


def sentences(unknown: Mapping[Unknown, int], written: Path | None) -> list[str]:
    """Describe the number of unknown names, and the remedy."""
    by_table = Counter(name.table for name in unknown)
    rest = [name for name in unknown if name.table != "bookmakers"]
    parts = []
    if prefixes := [name.name for name in unknown if name.table == "bookmakers"]:
        parts.append(f"columns of bookmakers without a name are not read: {', '.join(prefixes)}")
    if rest:
        shown = ", ".join(_described(name) for name in rest[:SHOWN])
        more = f" and {len(rest) - SHOWN} more" if len(rest) > SHOWN else ""
        counts = f"teams: {by_table['teams']}, leagues: {by_table['leagues']}"
        parts.append(f"names kept as in the files: {counts}: {shown}{more}")
    if parts:
        parts.append(
            f"{written} lists them: fill it in, and load with --names {written}"
            if written
            else "--unknown-names FILE writes a list of them to fill in"
        )
    return parts


def write(unknown: Mapping[Unknown, int], path: Path) -> None:
    """Write a file in the form of ``names.toml``, with a blank value for each unknown name.

    Raises:
        ConfigurationError: The file cannot be written, or exists already.
    """
    document = tomlkit.document()
    document.add(tomlkit.comment(_HEAD))
    for name in ("teams", "leagues", "bookmakers"):
        entries = sorted(entry for entry in unknown if entry.table == name)
        if not entries:
            continue
        table = tomlkit.table()
        for entry in entries:
            if entry.name in table:  # A team that has played in two leagues occurs twice.
                continue
            blank = tomlkit.string("")
            blank.comment(_reason(entry, unknown[entry]))
            table.append(tomlkit.key(entry.name), blank)
        document.add(name, table)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(tomlkit.dumps(document))
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror})", remedy="name a file that does not exist"
        ) from error


def _described(name: Unknown) -> str:
    return f"team {name.name} ({name.league})" if name.league else f"league {name.name}"


def _reason(name: Unknown, count: int) -> str:
    if name.table == "bookmakers":
        return f"prefix of columns in {count} {'file' if count == 1 else 'files'}"
    where = f" in {name.league}" if name.league else ""
    return f"{count} {'match' if count == 1 else 'matches'}{where}"
