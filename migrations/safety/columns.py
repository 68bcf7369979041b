"""What is known of the columns that a statement changes, so of the work that it makes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from introspection.paths import path
from introspection.shapes import Column, Constraint, Index, Relation, Snapshot
from migrations.runner.paths import object_of
from migrations.safety.kinds import HEAVINESS, Work
from migrations.safety.retyping import Stays, stays

_SEARCHED: Final = "public"  # the search_path of migrations


@dataclass(frozen=True, slots=True)
class Columns:
    """The schema around a revision.

    Attributes:
        before: What each of the revisions that it follows produces; empty without snapshots.
        after: After it; None without a snapshot.
    """

    before: tuple[Snapshot, ...] = ()
    after: Snapshot | None = None

    def work_of_type(self, table: str, column: str) -> Work:
        """Say what a column's new type makes, where it is given without a conversion.

        Args:
            table: The table as the statement names it.
            column: The column, likewise.
        """
        relation = _relation(self.before, table)
        after = (self.after,) if self.after is not None else ()
        old, new = _column(relation, column), _column(_relation(after, table), column)
        if relation is None or old is None or new is None:
            return Work.REWRITE
        what = stays(old, new)
        if what is Stays.NOTHING:
            return Work.REWRITE
        if what is Stays.IN_UTC:
            return Work.REWRITE_UNLESS_UTC
        is_sorted_anew = what is Stays.VALUES
        works = [_of_constraint(one, old) for one in relation.constraints]
        works += [_of_index(one, old, is_sorted_anew=is_sorted_anew) for one in relation.indexes]
        return max(works, key=HEAVINESS.index, default=Work.CATALOG)

    def is_known_not_null(self, table: str, column: str) -> bool:
        """Whether a valid CHECK says that no row has null there."""
        relation = _relation(self.before, table)
        found = _column(relation, column)
        if relation is None or found is None:
            return False
        said = f"CHECK (({path(found.name)} IS NOT NULL))"
        return any(one.validated and str(one.definition) == said for one in relation.constraints)


UNKNOWN: Final = Columns()
"""Nothing is known."""


def _of_constraint(constraint: Constraint, column: Column) -> Work:
    """A CHECK is asked of every row again; a foreign key whose operators stay is not."""
    is_asked = constraint.kind == "check" and constraint.validated
    return Work.SCAN if is_asked and _is_named(column, str(constraint.definition)) else Work.CATALOG


def _of_index(index: Index, column: Column, *, is_sorted_anew: bool) -> Work:
    """PostgreSQL does not look into expressions and predicates (CheckIndexCompatible)."""
    keys = str(index.definition).partition(" USING ")[2].partition("(")[2]
    is_built = is_sorted_anew or "(" in keys or " WHERE " in keys
    return Work.BUILD if is_built and _is_named(column, keys) else Work.CATALOG


def _is_named(column: Column, text: str) -> bool:
    return re.search(rf'(?<![\w"]){re.escape(path(column.name))}(?![\w"])', text) is not None


def _relation(snapshots: tuple[Snapshot, ...], table: str) -> Relation | None:
    schema, name = (_SEARCHED, *object_of(table))[-2:]
    schemas = (one for snapshot in snapshots for one in snapshot.schemas)
    found = (one.relations for one in schemas if one.name == schema)
    return next((one for relations in found for one in relations if one.name == name), None)


def _column(relation: Relation | None, column: str) -> Column | None:
    (name,) = object_of(column)
    columns = relation.columns if relation is not None else ()
    return next((one for one in columns if one.name == name), None)
