"""The projects, as ``projects.toml`` describes them, and the folder that each is given."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

DATA = Path(__file__).with_name("projects.toml")


@dataclass(frozen=True)
class Subject:
    """A project of somebody else.

    Attributes:
        name: What the table calls it.
        packages: What is installed, the first of which is the project itself.
        upgrade: Its own upgrade of an empty database: a command of its environment, or Python.
        configuration: ``[tool.schemaproof]``; ``{site}`` is where its packages are.
        environment: Variables that it needs; ``{url}`` is the database, ``{folder}`` its own.
        drivername: How its URLs begin.
        files: Files of the folder beside pyproject.toml, where the configuration names some.
        read: By the beginning of a finding: what reading the project's code said of it.
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
        """Read a ``[[project]]``."""
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
    """Return all projects by their names."""
    tables = tomllib.loads(data.read_text("utf-8"))["project"]
    return {table["name"]: Subject.from_table(table) for table in tables}
