"""The projects that ``projects.toml`` describes."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

DATA = Path(__file__).with_name("projects.toml")


@dataclass(frozen=True)
class Subject:
    """A project of other people.

    Attributes:
        name: The name in the table.
        packages: The packages to install; the first is the project itself.
        upgrade: The project's own command that upgrades an empty database, or Python code.
        configuration: The table ``[tool.schemaproof]``; ``{site}`` is the folder of the packages.
        environment: The environment variables; ``{url}`` is the database, ``{folder}`` the
            project's folder.
        drivername: The beginning of its database URLs.
        files: Further files in the folder of pyproject.toml, if the configuration needs them.
        read: The judgement after reading the project's code, by the beginning of the finding.
    """

    name: str
    packages: Sequence[str]
    upgrade: Sequence[str]
    configuration: Mapping[str, Any]
    environment: Mapping[str, str]
    drivername: str
    files: Mapping[str, str]
    read: Mapping[str, str]

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """Make a project from a ``[[project]]`` table."""
        return cls(
            name=table["name"],
            packages=table["packages"],
            upgrade=table["upgrade"],
            configuration=table["configuration"],
            environment=table.get("environment", {}),
            drivername=table.get("drivername", "postgresql"),
            files=table.get("files", {}),
            read=table.get("read", {}),
        )


def known(data: Path = DATA) -> dict[str, Subject]:
    """Return all projects by name."""
    tables = tomllib.loads(data.read_text("utf-8"))["project"]
    return {table["name"]: Subject.from_table(table) for table in tables}
