"""Read the league of each team from a file."""

from collections.abc import Mapping
from pathlib import Path

from loading import jsonl


def read(path: Path) -> Mapping[str, str]:
    """Read team_name and league of every line of a JSON Lines file.

    Raises:
        LoadError: The file cannot be read, or a line lacks one of them.
    """
    found: dict[str, str] = {}
    for record in jsonl.read(path):
        name, league = record.values.get("team_name"), record.values.get("league")
        if not isinstance(name, str) or not isinstance(league, str) or not league.strip():
            record.refuse("needs team_name and league, both text")
        if found.setdefault(name, league) != league:
            record.refuse(f"gives {name!r} a different league than an earlier line")
    return found
