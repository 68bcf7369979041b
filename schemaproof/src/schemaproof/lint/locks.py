"""Which lock a statement takes on which table, and what it has to do while it holds it.

The locks are those of the PostgreSQL manual ("Explicit Locking" and the page of each command); the
tests execute every kind and compare with pg_locks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from postgast import pg_query_pb2 as pg

from schemaproof.lint import alterations, related_locks
from schemaproof.lint.columns import UNKNOWN, Columns
from schemaproof.lint.lock_modes import (
    ACCESS_EXCLUSIVE,
    EXCLUSIVE,
    HEAVINESS,
    ROW_EXCLUSIVE,
    ROW_SHARE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    STRENGTH,
    Lock,
    Work,
)
from schemaproof.schema.object_paths import table_of
from schemaproof.schema.paths import path
from schemaproof.sql.sql_tokens import NotAnalysed
from schemaproof.sql.sql_tree import inner, is_on, relation, statements, texts, within

_UNKNOWN: Final = Lock("", "", Work.UNKNOWN)
_RELATIONS: Final = frozenset(
    {pg.OBJECT_TABLE, pg.OBJECT_VIEW, pg.OBJECT_MATVIEW, pg.OBJECT_FOREIGN_TABLE}
)
_OF_RELATIONS: Final = frozenset({pg.OBJECT_TRIGGER, pg.OBJECT_RULE, pg.OBJECT_POLICY})
_PARTS: Final = frozenset({pg.OBJECT_COLUMN, pg.OBJECT_TABCONSTRAINT, *_OF_RELATIONS})
_WRITES: Final = (pg.InsertStmt, pg.UpdateStmt, pg.DeleteStmt, pg.MergeStmt)


def of_statement(sql: str, columns: Columns = UNKNOWN) -> tuple[Lock, ...]:
    """Return the locks that a text takes on tables; none where it takes none.

    One of no table and no mode says that something is decided when it runs: by a block (DO), by a
    function that is called, by what depends on an object (CASCADE). So is what is not analysed.

    Args:
        sql: Its text; the strongest mode and the heaviest work of several statements count.
        columns: What is known of the tables that are there.
    """
    try:
        trees = [one.tree for one in statements(sql)]
    except NotAnalysed:
        return (_UNKNOWN,)
    named = [[*_of_tree(tree, columns)] for tree in trees]
    others = (
        related_locks.of_tree(tree, columns, {lock.table: lock for lock in locks})
        for tree, locks in zip(trees, named, strict=True)
    )
    return _strongest(chain(*named, *others))


def _strongest(locks: Iterable[Lock]) -> tuple[Lock, ...]:
    found: dict[tuple[str, str], Lock] = {}
    for lock in locks:
        known = found.setdefault(table_of(lock.table), lock)
        mode = max(known.mode, lock.mode, key=lambda one: STRENGTH.index(one) if one else -1)
        work = max(known.work, lock.work, key=HEAVINESS.index)
        found[table_of(lock.table)] = replace(known, mode=mode, work=work)
    return tuple(found.values())


def changes_rows(tree: Any) -> bool:
    """Whether a statement changes rows, also within WITH."""
    is_copy = isinstance(tree, pg.CopyStmt) and tree.is_from
    return is_copy or any(isinstance(node, _WRITES) for node in within(tree))


def created(tree: Any) -> str | None:
    """Return the table that a statement creates."""
    if isinstance(tree, pg.CreateStmt):
        return _name(tree.relation)
    if isinstance(tree, pg.CreateForeignTableStmt):
        return _name(tree.base_stmt.relation)
    return _name(tree.into.rel) if isinstance(tree, pg.CreateTableAsStmt) else None


def _of_tree(tree: Any, columns: Columns) -> Iterable[Lock]:
    kind = type(tree)
    if kind is pg.AlterTableStmt:
        return _alter_table(tree, columns)
    if kind in _READ:
        return _READ[kind](tree)
    return () if kind in _NO_TABLE else (_UNKNOWN,)


def _name(variable: Any) -> str:
    return path(*relation(variable))


def _alter_table(tree: Any, columns: Columns) -> Iterator[Lock]:
    """Yield the locks of ALTER TABLE: on the table the strongest that one of the actions takes."""
    if tree.objtype == pg.OBJECT_SEQUENCE:
        return
    if tree.objtype == pg.OBJECT_TYPE:  # its tables change with it
        yield _UNKNOWN
        return
    table = _name(tree.relation)
    for action in (one.alter_table_cmd for one in tree.cmds):
        mode, work = alterations.of_action(action, table, columns)
        if tree.objtype == pg.OBJECT_INDEX and work is Work.REWRITE:
            work = Work.BUILD
        yield Lock(table, mode, work)
        yield from _of_other(action.subtype, inner(getattr(action, "def")))
        if action.behavior == pg.DROP_CASCADE:
            yield _UNKNOWN


def _of_other(kind: int, definition: Any) -> Iterator[Lock]:
    """Yield the lock on the other table that an action names."""
    yield from _referenced(definition)
    if kind == pg.AT_AttachPartition:
        yield Lock(_name(definition.name), ACCESS_EXCLUSIVE, Work.SCAN)
    elif kind in {pg.AT_DetachPartition, pg.AT_DetachPartitionFinalize}:
        yield Lock(_name(definition.name), ACCESS_EXCLUSIVE, Work.CATALOG)
    elif kind in {pg.AT_AddInherit, pg.AT_DropInherit}:
        yield Lock(_name(definition), SHARE_UPDATE_EXCLUSIVE, Work.CATALOG)


def _referenced(tree: Any) -> Iterator[Lock]:
    for node in within(tree):
        if isinstance(node, pg.Constraint) and node.HasField("pktable"):
            yield Lock(_name(node.pktable), SHARE_ROW_EXCLUSIVE, Work.CATALOG)


def _create(tree: Any) -> Iterator[Lock]:
    yield from _referenced(tree)
    mode = ACCESS_EXCLUSIVE if tree.HasField("partbound") else SHARE_UPDATE_EXCLUSIVE
    for parent in tree.inh_relations:
        yield Lock(_name(parent.range_var), mode, Work.CATALOG)


def _schema(tree: Any) -> Iterator[Lock]:
    for element in tree.schema_elts:
        yield from _of_tree(inner(element), UNKNOWN)


def _view(tree: Any) -> Iterator[Lock]:
    if tree.replace:
        yield Lock(_name(tree.view), ACCESS_EXCLUSIVE, Work.CATALOG)


def _index(tree: Any) -> Iterator[Lock]:
    mode = SHARE_UPDATE_EXCLUSIVE if tree.concurrent else SHARE
    yield Lock(_name(tree.relation), mode, Work.BUILD)


def _drop(tree: Any) -> Iterator[Lock]:
    names = [texts(one.list.items) for one in tree.objects if one.HasField("list")]
    if tree.remove_type in _OF_RELATIONS:
        names = [name[:-1] for name in names]
    if tree.remove_type in _RELATIONS | _OF_RELATIONS | {pg.OBJECT_INDEX}:
        mode = SHARE_UPDATE_EXCLUSIVE if tree.concurrent else ACCESS_EXCLUSIVE
        yield from (Lock(path(*name), mode, Work.CATALOG) for name in names)
    # What falls with it, and which table statistics are of, the server finds when it runs.
    if tree.behavior == pg.DROP_CASCADE or tree.remove_type == pg.OBJECT_STATISTIC_EXT:
        yield _UNKNOWN


def _rename(tree: Any) -> Iterator[Lock]:
    kinds = {tree.rename_type, tree.relation_type} - {pg.OBJECT_ACCESS_METHOD}
    if tree.rename_type == pg.OBJECT_INDEX:
        yield Lock(_name(tree.relation), SHARE_UPDATE_EXCLUSIVE, Work.CATALOG)
    elif tree.rename_type in _RELATIONS | _PARTS:
        yield Lock(_name(tree.relation), ACCESS_EXCLUSIVE, Work.CATALOG)
    elif pg.OBJECT_ATTRIBUTE in kinds:
        yield _UNKNOWN


def _set_schema(tree: Any) -> Iterator[Lock]:
    if tree.object_type in _RELATIONS:
        yield Lock(_name(tree.relation), ACCESS_EXCLUSIVE, Work.CATALOG)


def _comment(tree: Any) -> Iterator[Lock]:
    name = texts(tree.object.list.items) if tree.object.HasField("list") else ()
    if tree.objtype in _RELATIONS | {pg.OBJECT_INDEX, pg.OBJECT_COLUMN}:
        name = name[:-1] if tree.objtype == pg.OBJECT_COLUMN else name
        yield Lock(path(*name), SHARE_UPDATE_EXCLUSIVE, Work.CATALOG)


def _truncate(tree: Any) -> Iterator[Lock]:
    for one in tree.relations:
        yield Lock(_name(one.range_var), ACCESS_EXCLUSIVE, Work.CATALOG)
    if tree.behavior == pg.DROP_CASCADE:
        yield _UNKNOWN


def _reindex(tree: Any) -> Iterator[Lock]:
    if not tree.HasField("relation"):
        yield _UNKNOWN
        return
    mode = SHARE if tree.kind == pg.REINDEX_OBJECT_TABLE else ACCESS_EXCLUSIVE
    mode = SHARE_UPDATE_EXCLUSIVE if is_on(tree.params, "concurrently") else mode
    yield Lock(_name(tree.relation), mode, Work.BUILD)


def _refresh(tree: Any) -> Iterator[Lock]:
    mode, work = (EXCLUSIVE, Work.SCAN) if tree.concurrent else (ACCESS_EXCLUSIVE, Work.REWRITE)
    yield Lock(_name(tree.relation), mode, work)


def _cluster(tree: Any) -> Iterator[Lock]:
    is_named = tree.HasField("relation")
    yield Lock(_name(tree.relation), ACCESS_EXCLUSIVE, Work.REWRITE) if is_named else _UNKNOWN


def _vacuum(tree: Any) -> Iterator[Lock]:
    is_full = is_on(tree.options, "full")
    mode = ACCESS_EXCLUSIVE if is_full else SHARE_UPDATE_EXCLUSIVE
    work = Work.REWRITE if is_full else Work.SCAN
    named = [one.vacuum_relation.relation for one in tree.rels]
    yield from (Lock(_name(one), mode, work) for one in named)
    if not named:
        yield _UNKNOWN


def _publication(tree: Any) -> Iterator[Lock]:
    for spec in (one.publication_obj_spec for one in tree.pubobjects):
        if spec.HasField("pubtable"):
            table = _name(spec.pubtable.relation)
            yield Lock(table, SHARE_UPDATE_EXCLUSIVE, Work.CATALOG)


def _statistics(tree: Any) -> Iterator[Lock]:
    for one in tree.relations:
        yield Lock(_name(one.range_var), SHARE_UPDATE_EXCLUSIVE, Work.CATALOG)


def _lock(tree: Any) -> Iterator[Lock]:
    for one in tree.relations:
        yield Lock(_name(one.range_var), STRENGTH[tree.mode - 1], Work.CATALOG)


def _rows(tree: Any) -> Iterator[Lock]:
    """Yield the locks of what changes rows, also within WITH, and of SELECT FOR UPDATE."""
    for node in within(tree):
        if isinstance(node, _WRITES):
            yield Lock(_name(node.relation), ROW_EXCLUSIVE, Work.ROWS)
        elif isinstance(node, pg.SelectStmt):
            yield from _locked_rows(node)


def _locked_rows(tree: Any) -> Iterator[Lock]:
    read = [one for node in tree.from_clause for one in within(inner(node))]
    tables = [one for one in read if isinstance(one, pg.RangeVar)]
    for clause in (one.locking_clause for one in tree.locking_clause):
        named = {one.range_var.relname for one in clause.locked_rels}
        for one in tables:
            if not named or (one.alias.aliasname or one.relname) in named:
                yield Lock(_name(one), ROW_SHARE, Work.ROWS)


def _select(tree: Any) -> Iterator[Lock]:
    yield from _rows(tree)
    if alterations.may_be_volatile(tree):
        yield _UNKNOWN


def _copy(tree: Any) -> Iterator[Lock]:
    if tree.is_from:
        yield Lock(_name(tree.relation), ROW_EXCLUSIVE, Work.ROWS)
    else:
        yield from _select(inner(tree.query))


def _on(mode: str, attribute: str = "relation") -> Callable[[Any], Iterator[Lock]]:
    """Return what changes the catalog of the one table that a statement names."""

    def locks(tree: Any) -> Iterator[Lock]:
        yield Lock(_name(getattr(tree, attribute)), mode, Work.CATALOG)

    return locks


_READ: Final[Mapping[type, Callable[[Any], Iterable[Lock]]]] = {
    pg.CreateStmt: _create,
    pg.CreateForeignTableStmt: lambda tree: _create(tree.base_stmt),
    pg.CreateTableAsStmt: lambda tree: _select(inner(tree.query)),
    pg.CreateSchemaStmt: _schema,
    pg.ViewStmt: _view,
    pg.IndexStmt: _index,
    pg.DropStmt: _drop,
    pg.RenameStmt: _rename,
    pg.AlterObjectSchemaStmt: _set_schema,
    pg.CommentStmt: _comment,
    pg.SecLabelStmt: _comment,
    pg.TruncateStmt: _truncate,
    pg.ReindexStmt: _reindex,
    pg.RefreshMatViewStmt: _refresh,
    pg.ClusterStmt: _cluster,
    pg.VacuumStmt: _vacuum,
    pg.CreatePublicationStmt: _publication,
    pg.AlterPublicationStmt: _publication,
    pg.CreateStatsStmt: _statistics,
    pg.LockStmt: _lock,
    pg.CreatePolicyStmt: _on(ACCESS_EXCLUSIVE, "table"),
    pg.AlterPolicyStmt: _on(ACCESS_EXCLUSIVE, "table"),
    pg.RuleStmt: _on(ACCESS_EXCLUSIVE),
    pg.CreateTrigStmt: _on(SHARE_ROW_EXCLUSIVE),
    pg.InsertStmt: _rows,
    pg.UpdateStmt: _rows,
    pg.DeleteStmt: _rows,
    pg.MergeStmt: _rows,
    pg.SelectStmt: _select,
    pg.CopyStmt: _copy,
}
# What is in no table, and what only reads. Everything else decides when it runs.
_NO_TABLE: Final = frozenset(
    {
        *(pg.CreateSeqStmt, pg.AlterSeqStmt, pg.CreateFunctionStmt, pg.AlterFunctionStmt),
        *(pg.CreateExtensionStmt, pg.CreateRoleStmt, pg.AlterRoleStmt, pg.AlterRoleSetStmt),
        *(pg.GrantStmt, pg.GrantRoleStmt, pg.AlterDefaultPrivilegesStmt, pg.VariableSetStmt),
        *(pg.VariableShowStmt, pg.DefineStmt, pg.CreateEnumStmt, pg.CompositeTypeStmt),
        *(pg.CreateDomainStmt, pg.CreateRangeStmt, pg.AlterEnumStmt, pg.CreateSubscriptionStmt),
        *(pg.AlterSubscriptionStmt, pg.DropSubscriptionStmt, pg.CreateEventTrigStmt),
        *(pg.AlterEventTrigStmt, pg.CreateCastStmt, pg.CreateConversionStmt, pg.AlterOwnerStmt),
        *(pg.CreateTransformStmt, pg.CreateOpClassStmt, pg.CreateOpFamilyStmt, pg.CreateAmStmt),
        *(pg.AlterOpFamilyStmt, pg.AlterOperatorStmt, pg.AlterTSDictionaryStmt, pg.CreatePLangStmt),
        *(pg.AlterTSConfigurationStmt, pg.AlterCollationStmt, pg.CreateFdwStmt, pg.AlterFdwStmt),
        *(pg.CreateForeignServerStmt, pg.AlterForeignServerStmt, pg.CreateUserMappingStmt),
        *(pg.AlterUserMappingStmt, pg.DropUserMappingStmt, pg.ImportForeignSchemaStmt),
        *(pg.ConstraintsSetStmt, pg.ListenStmt, pg.UnlistenStmt, pg.NotifyStmt, pg.DropRoleStmt),
        *(pg.AlterDatabaseSetStmt, pg.AlterDatabaseStmt, pg.AlterObjectDependsStmt),
    }
)
