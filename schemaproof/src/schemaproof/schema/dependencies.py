"""The dependencies in a live database, as PostgreSQL keeps them in pg_depend."""

from __future__ import annotations

from dataclasses import dataclass

from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath


@dataclass(frozen=True, slots=True)
class Ref:
    """An object that is looked at.

    Attributes:
        kind: ``relation``, ``column``, ``default``, ``index``, ``sequence``; of a constraint and of
            what is told by a statement its own kind.
        path: Its path; of a default, the path of the column.
    """

    kind: str
    path: ObjectPath

    def is_within(self, other: Ref) -> bool:
        """Whether the reference is to a relation or to a part of it."""
        return other.kind == "relation" and self.path.object == other.path.object


@dataclass(frozen=True, slots=True)
class Dependency:
    """One object depends on another.

    Attributes:
        dependent: What depends; None when it is nothing that is looked at.
        on: What it depends on.
        described: How PostgreSQL calls what depends.
        is_column: Whether it is a column, whose values are of what it depends on.
        of_partition: Whether it is the part of a partition: it comes and goes by itself.
    """

    dependent: Ref | None
    on: Ref
    described: str
    is_column: bool = False
    of_partition: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A schema, and what depends on what in it.

    Attributes:
        snapshot: The schema.
        dependencies: As PostgreSQL keeps them.
    """

    snapshot: Snapshot
    dependencies: tuple[Dependency, ...] = ()
