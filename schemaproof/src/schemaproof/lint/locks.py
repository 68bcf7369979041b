"""The locks of statements on tables, and the work done while they are held.

The locks are those of the PostgreSQL manual ("Explicit Locking" and the page of each command); the
tests execute every kind and compare with pg_locks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from postgast import pg_query_pb2 as pg

from schemaproof.lint import alterations, related_locks
from schemaproof.lint.columns import UNKNOWN, Columns
from schemaproof.lint.lock_modes import (
    ACCESS_EXCLUSIVE,
    HEAVINESS,
    ROW_EXCLUSIVE,
    ROW_SHARE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    STRENGTH,
    Lock,
    Work,
)
from schemaproof.lint.lock_table import EFFECTS, NO_TABLE, ON_RELATIONS
from schemaproof.lint.partitioned import is_about_whole
from schemaproof.lint.relations import relation_path, with_schema
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql.sql_tokens import NotAnalysed
from schemaproof.sql.sql_tree import inner, statements, texts, within

_UNKNOWN: Final = Lock(ObjectPath(""), "", Work.UNKNOWN)
_WRITES: Final = (pg.InsertStmt, pg.UpdateStmt, pg.DeleteStmt, pg.MergeStmt)
_NAMING: Final = (pg.DropStmt, pg.CommentStmt, pg.SecLabelStmt)
_ON_ALL_TABLES: Final = frozenset({pg.ReindexStmt, pg.ClusterStmt, pg.VacuumStmt})


def statement_locks(sql: str, columns: Columns = UNKNOWN) -> tuple[Lock, ...]:
    """Return the locks that the statements of a text take on tables.

    A lock without table and mode means that the effect is known only at run time: a DO block, a
    called function, CASCADE, or a statement that was not analysed.

    Args:
        sql: One or several statements; the strongest mode and the heaviest work of all count.
        columns: The columns of existing tables.
    """
    try:
        trees = [one.tree for one in statements(sql)]
    except NotAnalysed:
        return (_UNKNOWN,)
    named = [[*_tree_locks(tree, columns)] for tree in trees]
    related = (
        related_locks.tree_locks(tree, columns, {lock.table: lock for lock in locks})
        for tree, locks in zip(trees, named, strict=True)
    )
    return _strongest(chain(*named, *related))


def _strongest(locks: Iterable[Lock]) -> tuple[Lock, ...]:
    found: dict[ObjectPath, Lock] = {}
    for lock in locks:
        known = found.setdefault(with_schema(lock.table), lock)
        mode = max(known.mode, lock.mode, key=lambda one: STRENGTH.index(one) if one else -1)
        work = max(known.work, lock.work, key=HEAVINESS.index)
        found[with_schema(lock.table)] = replace(known, mode=mode, work=work)
    return tuple(found.values())


def changes_rows(tree: Any) -> bool:
    """Whether a statement changes rows, also within WITH."""
    is_copy = isinstance(tree, pg.CopyStmt) and tree.is_from
    return is_copy or any(isinstance(node, _WRITES) for node in within(tree))


def created_table(tree: Any) -> ObjectPath | None:
    """Return the table that a statement creates."""
    if isinstance(tree, pg.CreateStmt):
        return relation_path(tree.relation)
    if isinstance(tree, pg.CreateForeignTableStmt):
        return relation_path(tree.base_stmt.relation)
    return relation_path(tree.into.rel) if isinstance(tree, pg.CreateTableAsStmt) else None


def _tree_locks(tree: Any, columns: Columns) -> Iterator[Lock]:
    kind = type(tree)
    if kind is pg.AlterTableStmt:
        yield from _alter_table(tree, columns)
    elif kind in _LOCKS:
        yield from _LOCKS[kind](tree)
    elif kind in EFFECTS:
        effect, tables = EFFECTS[kind](tree), [*_named_tables(tree)]
        yield from (Lock(table, *effect) for table in tables if effect)
        if _is_decided_later(tree) or (kind in _ON_ALL_TABLES and not tables):
            yield _UNKNOWN
    elif kind not in NO_TABLE:
        yield _UNKNOWN


def _named_tables(tree: Any) -> Iterator[ObjectPath]:
    """Yield the tables that a statement names, also as the first part of an object's name."""
    for field, value in tree.ListFields():
        if field.name in {"relation", "table", "view"}:
            yield relation_path(value)
        elif field.name in {"relations", "rels", "pubobjects"}:
            nodes = (node for one in value for node in within(inner(one)))
            yield from (relation_path(node) for node in nodes if isinstance(node, pg.RangeVar))
        elif field.name in {"object", "objects"} and isinstance(tree, _NAMING):
            type_ = tree.remove_type if isinstance(tree, pg.DropStmt) else tree.objtype
            end = -1 if type_ in ON_RELATIONS | {pg.OBJECT_COLUMN} else None
            named = [value] if field.name == "object" else value
            yield from (path(*texts(one.list.items)[:end]) for one in named if one.HasField("list"))


def _is_decided_later(tree: Any) -> bool:
    """Whether the affected objects are known only at run time."""
    if isinstance(tree, pg.RenameStmt):
        return pg.OBJECT_ATTRIBUTE in {tree.rename_type, tree.relation_type}
    if isinstance(tree, pg.DropStmt) and tree.remove_type == pg.OBJECT_STATISTIC_EXT:
        return True
    is_falling = isinstance(tree, (pg.DropStmt, pg.TruncateStmt))
    return is_falling and bool(tree.behavior == pg.DROP_CASCADE)


def _alter_table(tree: Any, columns: Columns) -> Iterator[Lock]:
    """Yield the locks of ALTER TABLE; the strongest lock of its actions counts for the table."""
    if tree.objtype == pg.OBJECT_SEQUENCE:
        return
    if tree.objtype == pg.OBJECT_TYPE:
        # The tables that use the type are changed with it.
        yield _UNKNOWN
        return
    table = relation_path(tree.relation)
    for action in (one.alter_table_cmd for one in tree.cmds):
        mode, work = alterations.action_effect(action, table, columns)
        if tree.objtype == pg.OBJECT_INDEX and work is Work.REWRITE:
            work = Work.BUILD
        if is_about_whole(tree, columns.relations):
            work = Work.CATALOG
        yield Lock(table, mode, work)
        yield from _other_table(action.subtype, inner(getattr(action, "def")))
        if action.behavior == pg.DROP_CASCADE:
            yield _UNKNOWN


def _other_table(kind: int, definition: Any) -> Iterator[Lock]:
    """Yield the lock on the other table that an action names."""
    yield from _referenced(definition)
    if kind == pg.AT_AttachPartition:
        yield Lock(relation_path(definition.name), ACCESS_EXCLUSIVE, Work.SCAN)
    elif kind in {pg.AT_DetachPartition, pg.AT_DetachPartitionFinalize}:
        yield Lock(relation_path(definition.name), ACCESS_EXCLUSIVE, Work.CATALOG)
    elif kind in {pg.AT_AddInherit, pg.AT_DropInherit}:
        yield Lock(relation_path(definition), SHARE_UPDATE_EXCLUSIVE, Work.CATALOG)


def _referenced(tree: Any) -> Iterator[Lock]:
    for node in within(tree):
        if isinstance(node, pg.Constraint) and node.HasField("pktable"):
            yield Lock(relation_path(node.pktable), SHARE_ROW_EXCLUSIVE, Work.CATALOG)


def _create(tree: Any) -> Iterator[Lock]:
    yield from _referenced(tree)
    mode = ACCESS_EXCLUSIVE if tree.HasField("partbound") else SHARE_UPDATE_EXCLUSIVE
    for parent in tree.inh_relations:
        yield Lock(relation_path(parent.range_var), mode, Work.CATALOG)


def _schema(tree: Any) -> Iterator[Lock]:
    for element in tree.schema_elts:
        yield from _tree_locks(inner(element), UNKNOWN)


def _rows(tree: Any) -> Iterator[Lock]:
    """Yield the locks of statements that change rows, also in WITH, and of SELECT FOR UPDATE."""
    for node in within(tree):
        if isinstance(node, _WRITES):
            yield Lock(relation_path(node.relation), ROW_EXCLUSIVE, Work.ROWS)
        elif isinstance(node, pg.SelectStmt):
            yield from _locked_rows(node)


def _locked_rows(tree: Any) -> Iterator[Lock]:
    read = [one for node in tree.from_clause for one in within(inner(node))]
    tables = [one for one in read if isinstance(one, pg.RangeVar)]
    for clause in (one.locking_clause for one in tree.locking_clause):
        named = {one.range_var.relname for one in clause.locked_rels}
        for one in tables:
            if not named or (one.alias.aliasname or one.relname) in named:
                yield Lock(relation_path(one), ROW_SHARE, Work.ROWS)


def _select(tree: Any) -> Iterator[Lock]:
    yield from _rows(tree)
    if alterations.may_be_volatile(tree):
        yield _UNKNOWN


def _copy(tree: Any) -> Iterator[Lock]:
    if tree.is_from:
        yield Lock(relation_path(tree.relation), ROW_EXCLUSIVE, Work.ROWS)
    else:
        yield from _select(inner(tree.query))


_LOCKS: Final[Mapping[type, Callable[[Any], Iterable[Lock]]]] = {
    **dict.fromkeys(_WRITES, _rows),
    pg.CreateStmt: _create,
    pg.CreateForeignTableStmt: lambda tree: _create(tree.base_stmt),
    pg.CreateTableAsStmt: lambda tree: _select(inner(tree.query)),
    pg.CreateSchemaStmt: _schema,
    pg.SelectStmt: _select,
    pg.CopyStmt: _copy,
}
