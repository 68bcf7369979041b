"""Estimate the work of statements from the known tables. Pure."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from postgast import pg_query_pb2 as pg

from schemaproof.lint.lock_modes import HEAVINESS, Work
from schemaproof.lint.relations import SEARCHED, Relations
from schemaproof.lint.type_changes import Stays, stays
from schemaproof.schema.database_objects import Column, Constraint, Index, Relation, Snapshot
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tree import column_name, inner, unless_analysed

_ASKED: Final = frozenset({pg.CONSTR_CHECK, pg.CONSTR_NOTNULL})


# There are no slots, because cached properties need a __dict__.
@dataclass(frozen=True)
class Columns:
    """The schema around a revision.

    Attributes:
        before: The schemas of the revisions that the revision follows; empty without snapshots.
        after: The schema after the revision; None without a snapshot.
    """

    before: tuple[Snapshot, ...] = ()
    after: Snapshot | None = None

    @cached_property
    def relations(self) -> Relations:
        """The tables before the revision."""
        return Relations(self.before)

    @cached_property
    def _relations_after(self) -> Relations:
        return Relations((self.after,) if self.after is not None else ())

    def work_of_type(self, table: ObjectPath, column: str) -> Work:
        """Return the work of changing a column's type without USING.

        Args:
            table: The table as the statement names it.
            column: The column.
        """
        relation = self.relations.get(table)
        old, new = (
            _column(one.get(table), column) for one in (self.relations, self._relations_after)
        )
        if relation is None or old is None or new is None:
            return Work.REWRITE
        what = stays(old, new)
        if what is Stays.NOTHING:
            return Work.REWRITE
        if what is Stays.IN_UTC:
            return Work.REWRITE_UNLESS_UTC
        is_sorted_anew = what is Stays.VALUES
        works = [_constraint_work(one, column) for one in relation.constraints]
        works += [
            _index_work(one, column, is_sorted_anew=is_sorted_anew) for one in relation.indexes
        ]
        return max(works, key=HEAVINESS.index, default=Work.CATALOG)

    def is_known_not_null(self, table: ObjectPath, column: str) -> bool:
        """Whether a valid CHECK excludes nulls."""
        relation = self.relations.get(table)
        known = (one for one in (relation.constraints if relation else ()) if one.validated)
        return any(_is_not_null(one, column) for one in known if one.kind == "check")

    def are_names_kept(self, rename: Any) -> bool:
        """Whether a renamed object leaves its name to another one, or takes over another one's.

        Args:
            rename: A RenameStmt.
        """
        table = path(*sql_tree.relation(rename.relation))
        before, after = (one.get(table) for one in (self.relations, self._relations_after))
        if rename.rename_type != pg.OBJECT_COLUMN:
            other = path(*sql_tree.relation(rename.relation)[:-1], rename.newname)
            return after is not None or self.relations.get(other) is not None
        is_left = _column(after, rename.subname) is not None
        return is_left or _column(before, rename.newname) is not None

    @unless_analysed(otherwise=False)
    def is_index_not_null(self, table: ObjectPath, index: str) -> bool:
        """Whether no column of an index may be null."""
        relation = self.relations.get(table)
        indexes = {one.name: one for one in (relation.indexes if relation else ())}
        if relation is None or index not in indexes:
            return False
        keys = sql_tree.statement(str(indexes[index].definition)).index_params
        names = {key.index_elem.name for key in keys}
        return names <= {column.name for column in relation.columns if not column.nullable}

    @unless_analysed(otherwise=True)
    def is_constrained_domain(self, type_: tuple[str, ...]) -> bool:
        """Whether a type is a domain with constraints, which are checked for each value."""
        schema, name = (SEARCHED, *type_)[-2:]
        snapshots = (*self.before, *([self.after] if self.after else []))
        schemas = (one for snapshot in snapshots for one in snapshot.schemas)
        found = (item for one in schemas if one.name == schema for item in one.objects)
        domains = (item for item in found if item.kind == "domain" and item.name == path(name))
        trees = (node for one in domains for node in sql_tree.statements(str(one.definition)))
        return any(
            isinstance(node, pg.Constraint) and node.contype in _ASKED
            for one in trees
            for node in sql_tree.within(one.tree)
        )


UNKNOWN: Final = Columns()
"""Columns of which nothing is known, because there is no snapshot."""


@unless_analysed(otherwise=Work.SCAN)
def _constraint_work(constraint: Constraint, column: str) -> Work:
    """Return the work that a change of type causes for a constraint.

    A CHECK is validated again for every row; a foreign key with the same operators is not.
    """
    if constraint.kind != "check" or not constraint.validated:
        return Work.CATALOG
    named = sql_tree.columns(sql_tree.constraint(str(constraint.definition)))
    return Work.SCAN if column in named else Work.CATALOG


@unless_analysed(otherwise=Work.BUILD)
def _index_work(index: Index, column: str, *, is_sorted_anew: bool) -> Work:
    """Return the work that a change of type causes for an index.

    PostgreSQL does not look into expressions and predicates (CheckIndexCompatible).
    """
    made = sql_tree.statement(str(index.definition))
    keys = [key.index_elem for key in made.index_params]
    named = sql_tree.columns(made) | {key.name for key in keys}
    is_looked_into = all(key.name for key in keys) and not made.HasField("where_clause")
    is_built = is_sorted_anew or not is_looked_into
    return Work.BUILD if is_built and column in named else Work.CATALOG


@unless_analysed(otherwise=False)
def _is_not_null(check: Constraint, column: str) -> bool:
    return _says_not_null(inner(sql_tree.constraint(str(check.definition)).raw_expr), column)


def _says_not_null(condition: Any, column: str) -> bool:
    if isinstance(condition, pg.BoolExpr) and condition.boolop == pg.AND_EXPR:
        return any(_says_not_null(inner(one), column) for one in condition.args)
    is_test = isinstance(condition, pg.NullTest) and condition.nulltesttype == pg.IS_NOT_NULL
    return is_test and column_name(condition.arg) == column


def _column(relation: Relation | None, name: str) -> Column | None:
    columns = relation.columns if relation is not None else ()
    return next((one for one in columns if one.name == name), None)
