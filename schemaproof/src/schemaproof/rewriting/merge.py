"""Merge two branches of a history, after proving that both orders lead to the same schema."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from schemaproof.compare import Difference
from schemaproof.errors import ConfigurationError, HistoryError
from schemaproof.history import (
    branches,
    changes,
    new_snapshots,
    record,
    scratch,
    starting_point,
)
from schemaproof.history.new_revision_file import removed_on_failure, required
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot


@dataclass(frozen=True, slots=True)
class Orders:
    """The schemas that two branches produce in either order.

    Attributes:
        heads: The heads of the branches.
        failures: The errors of the orders that fail.
        differences: The differences of the second order from the first; the order of columns does
            not count.
    """

    heads: tuple[str, str]
    failures: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def collide(self) -> bool:
        """Whether the order of the two branches matters."""
        return bool(self.failures or self.differences)


def heads_to_merge(files: Sequence[RevisionFile], named: Sequence[str]) -> tuple[str, str]:
    """Return the two heads to merge.

    Args:
        files: The revisions.
        named: The heads to merge, by id or its beginning; all heads when empty.

    Raises:
        ConfigurationError: There are not exactly two heads, and none were named.
    """
    heads = branches.find_heads(files)
    if len(heads) < 2:  # noqa: PLR2004
        raise ConfigurationError(
            f"there is one head, {', '.join(heads)}: nothing needs to be merged"
            if heads
            else "there is no revision",
            remedy="see alembic heads",
        )
    meant = [_one(heads, name) for name in named] or [*heads]
    if len({*meant}) != 2:  # noqa: PLR2004
        raise ConfigurationError(
            f"{len({*meant})} heads were found, and two are merged at a time",
            remedy=f"name two of {', '.join(heads)}",
        )
    first, second = meant
    return first, second


def _one(heads: Sequence[str], name: str) -> str:
    found = [one for one in heads if one.startswith(name)]
    if len(found) != 1:
        raise ConfigurationError(
            f"{'no head is called' if not found else 'several heads begin with'} {name!r}",
            remedy=f"name two of {', '.join(heads)}",
        )
    return found[0]


def orders(probe: ProjectProbe, heads: tuple[str, str]) -> Orders:
    """Apply both branches in both orders, each in an empty scratch database.

    Raises:
        LocalServerError: There is no server for scratch databases.
    """
    made: list[Snapshot] = []
    failures: list[str] = []
    for first, second in (heads, heads[::-1]):
        try:
            made.append(_applied(probe, (first, second)))
        except HistoryError as error:
            failures.append(f"{first}, then {second}: {error.message}")
    if failures:
        return Orders(heads, tuple(failures))
    return Orders(heads, (), changes.between([made[0]], made[1]))


def _applied(probe: ProjectProbe, heads: Sequence[str]) -> Snapshot:
    with scratch.project_scratch(probe.project) as database:
        starting_point.make(probe, database)
        for head in heads:
            probe.upgrade(database, head)
        return record.read(database, probe)


def write(project: Project, heads: Sequence[str], message: str) -> Path:
    """Write the revision that follows both heads and changes nothing, and record it.

    When anything fails, no file is left behind.

    Raises:
        ConfigurationError: Alembic refuses the revision.
        HistoryError: The revision fails, or its snapshot cannot be written.
    """
    revision = secrets.token_hex(6)
    asked = {"message": message, "head": list(heads), "rev_id": revision}
    with removed_on_failure(project, asked):
        with ProjectProbe(project) as probe:
            file = required(probe.write(None, asked))
        new_snapshots.recorded(project, [revision])
    return file
