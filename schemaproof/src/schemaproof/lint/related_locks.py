"""The locks on tables that a statement does not name, found in the snapshot before it. Pure.

They are on partitions and children, on the other table of a foreign key that is added or dropped,
and on the default partition; the tests compare with pg_locks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from postgast import pg_query_pb2 as pg

from schemaproof.lint import alterations
from schemaproof.lint.columns import Columns
from schemaproof.lint.lock_modes import ACCESS_EXCLUSIVE, ROW_SHARE, SHARE_ROW_EXCLUSIVE, Lock, Work
from schemaproof.lint.relations import ForeignKey, Relations, columns_of_key, relation_path
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql.sql_tree import inner, texts, within

# According to ATPrepCmd() of PostgreSQL 18, the first list is done to every child, and the second
# only to partitions.
_ON_CHILDREN: Final = alterations.actions(
    "AddColumn DropColumn AlterColumnType ColumnDefault SetNotNull DropNotNull SetStatistics"
    " SetStorage AddConstraint DropConstraint ValidateConstraint SetExpression DropExpression"
    " AddIdentity SetIdentity DropIdentity AlterConstraint"
)
_ON_PARTITIONS: Final = alterations.TRIGGER_ACTIONS
_KEYS: Final = frozenset(
    {pg.CONSTR_UNIQUE, pg.CONSTR_PRIMARY, pg.CONSTR_EXCLUSION, pg.CONSTR_FOREIGN}
)
_WRITES: Final = (pg.UpdateStmt, pg.DeleteStmt, pg.MergeStmt)
_QUERIES: Final = (*_WRITES, pg.InsertStmt, pg.SelectStmt)


def tree_locks(tree: Any, columns: Columns, named: Mapping[str, Lock]) -> Iterator[Lock]:
    """Yield the locks that a statement takes on tables that it does not name.

    Args:
        tree: The statement.
        columns: The columns of existing tables.
        named: The locks on the tables that it names.
    """
    relations = columns.relations
    for variable in _families(tree, relations):
        lock = named[relation_path(variable)]
        yield from _on(_family(variable, relations), lock.mode, lock.work)
    read = _READ.get(type(tree))
    if read is not None:
        yield from read(tree, columns)


def _families(tree: Any, relations: Relations) -> Iterable[Any]:
    """Return the tables whose partitions and children are locked with them."""
    if isinstance(tree, (pg.TruncateStmt, pg.LockStmt)):
        return [one.range_var for one in tree.relations]
    if isinstance(tree, pg.RenameStmt):
        is_shared = tree.rename_type in {pg.OBJECT_COLUMN, pg.OBJECT_TABCONSTRAINT}
        return [tree.relation] if is_shared else []
    if isinstance(tree, _QUERIES):
        return [node.relation for node in within(tree) if isinstance(node, _WRITES)]
    partitioned = []
    if isinstance(tree, pg.IndexStmt) or (isinstance(tree, pg.CreateTrigStmt) and tree.row):
        partitioned = [tree.relation]
    elif isinstance(tree, pg.VacuumStmt):
        partitioned = [one.vacuum_relation.relation for one in tree.rels]
    return [one for one in partitioned if relations.is_partitioned(relation_path(one))]


def _on(tables: Iterable[ObjectPath], mode: str, work: Work = Work.CATALOG) -> Iterator[Lock]:
    return (Lock(table, mode, work, is_named=False) for table in tables)


def _family(variable: Any, relations: Relations) -> list[ObjectPath]:
    """Return the partitions and children of a table, unless the statement says ONLY."""
    return relations.descendants(relation_path(variable)) if variable.inh else []


def _alter_table(tree: Any, columns: Columns) -> Iterator[Lock]:
    if tree.objtype not in {pg.OBJECT_TABLE, pg.OBJECT_FOREIGN_TABLE}:
        return
    table, relations = relation_path(tree.relation), columns.relations
    family, is_partitioned = _family(tree.relation, relations), relations.is_partitioned(table)
    for action in (one.alter_table_cmd for one in tree.cmds):
        definition = inner(getattr(action, "def"))
        changed = family if _descends(action, is_partitioned=is_partitioned) else []
        is_own = _is_own(action, definition, is_partitioned=is_partitioned)
        for child in changed:
            mode, work = alterations.action_effect(action, child, columns)
            yield from _on([child], mode, Work.CATALOG if is_own else work)
        for one in (table, *changed):
            yield from _foreign_keys(action, one, relations)
        yield from _partitions_referenced(definition, relations)
        if action.subtype == pg.AT_AttachPartition:
            yield from _new_partition(table, relations)
        elif action.subtype == pg.AT_DetachPartition:
            yield from _on(relations.default(table)[:1], ACCESS_EXCLUSIVE)
            yield from _referenced(relations.keys_from(table), relations, SHARE_ROW_EXCLUSIVE)


def _descends(action: Any, *, is_partitioned: bool) -> bool:
    return action.subtype in _ON_CHILDREN or (is_partitioned and action.subtype in _ON_PARTITIONS)


def _is_own(action: Any, definition: Any, *, is_partitioned: bool) -> bool:
    """Whether children do not inherit a constraint, although PostgreSQL 18 locks them."""
    is_constraint = action.subtype == pg.AT_AddConstraint and not is_partitioned
    return is_constraint and (definition.contype in _KEYS or definition.is_no_inherit)


def _new_partition(whole: ObjectPath, relations: Relations) -> Iterator[Lock]:
    yield from _on(relations.default(whole), ACCESS_EXCLUSIVE, Work.SCAN)
    yield from _referenced(relations.keys_from(whole), relations, SHARE_ROW_EXCLUSIVE)
    yield from _referring(relations.keys_to(whole), relations, SHARE_ROW_EXCLUSIVE)


def _foreign_keys(action: Any, table: ObjectPath, relations: Relations) -> Iterator[Lock]:
    """Yield the locks on the other side of the foreign keys that an action changes."""
    own, others = relations.keys_from(table), relations.keys_to(table)
    kind, name = action.subtype, action.name
    falls = action.behavior == pg.DROP_CASCADE
    if kind == pg.AT_ValidateConstraint:
        yield from _referenced((one for one in own if one.name == name), relations, ROW_SHARE)
    elif kind == pg.AT_DropConstraint:
        gone = (one for one in own if one.name == name)
        yield from _referenced(gone, relations, ACCESS_EXCLUSIVE)
        key = columns_of_key(relations.get(table), name) if falls else frozenset()
        referring = (one for one in others if one.keys == key)
        yield from _referring(referring, relations, ACCESS_EXCLUSIVE)
    elif kind in {pg.AT_DropColumn, pg.AT_AlterColumnType}:
        gone = (one for one in own if name in one.columns)
        yield from _referenced(gone, relations, ACCESS_EXCLUSIVE)
        if kind == pg.AT_AlterColumnType or falls:
            referring = (one for one in others if name in one.keys)
            yield from _referring(referring, relations, ACCESS_EXCLUSIVE)


def _partitions_referenced(tree: Any, relations: Relations) -> Iterator[Lock]:
    for node in within(tree):
        if isinstance(node, pg.Constraint) and node.HasField("pktable"):
            family = relations.descendants(relation_path(node.pktable))
            is_partitioned = relations.is_partitioned(relation_path(node.pktable))
            yield from _on(family if is_partitioned else [], SHARE_ROW_EXCLUSIVE)


def _referenced(keys: Iterable[ForeignKey], relations: Relations, mode: str) -> Iterator[Lock]:
    for table in (one.referenced for one in keys):
        family = relations.descendants(table) if relations.is_partitioned(table) else []
        yield from _on([table, *family], mode)


def _referring(keys: Iterable[ForeignKey], relations: Relations, mode: str) -> Iterator[Lock]:
    for one in keys:
        yield from _on([one.table, *relations.descendants(one.table)], mode)


def _create(tree: Any, columns: Columns) -> Iterator[Lock]:
    yield from _partitions_referenced(tree, columns.relations)
    if tree.HasField("partbound"):
        yield from _new_partition(relation_path(tree.inh_relations[0].range_var), columns.relations)


def _drop(tree: Any, columns: Columns) -> Iterator[Lock]:
    relations = columns.relations
    names = [texts(one.list.items) for one in tree.objects if one.HasField("list")]
    if tree.remove_type == pg.OBJECT_TRIGGER:
        tables = (path(*name[:-1]) for name in names)
        partitioned = [one for one in tables if relations.is_partitioned(one)]
        for table in partitioned:
            yield from _on(relations.descendants(table), ACCESS_EXCLUSIVE)
    if tree.remove_type != pg.OBJECT_TABLE:
        return
    for table in (path(*name) for name in names):
        whole = relations.partitioned_table(table)
        yield from _on([whole] if whole else [], ACCESS_EXCLUSIVE)
        yield from _on(relations.default(whole)[:1], ACCESS_EXCLUSIVE)
        is_whole = relations.is_partitioned(table) or tree.behavior == pg.DROP_CASCADE
        family = relations.descendants(table) if is_whole else []
        yield from _on(family, ACCESS_EXCLUSIVE)
        for one in (table, *family):
            gone = (key for key in relations.keys_from(one) if not key.is_inherited)
            yield from _referenced(gone, relations, ACCESS_EXCLUSIVE)
            if tree.behavior == pg.DROP_CASCADE:
                yield from _referring(relations.keys_to(one), relations, ACCESS_EXCLUSIVE)


def _truncate(tree: Any, columns: Columns) -> Iterator[Lock]:
    if tree.behavior != pg.DROP_CASCADE:
        return
    relations, emptied = columns.relations, []
    for variable in (one.range_var for one in tree.relations):
        emptied += [relation_path(variable), *_family(variable, relations)]
    for table in emptied:  # The loop adds tables to this list.
        falling = [*_referring(relations.keys_to(table), relations, ACCESS_EXCLUSIVE)]
        emptied += {lock.table for lock in falling}.difference(emptied)
        yield from falling


_READ: Final[Mapping[type, Callable[[Any, Columns], Iterator[Lock]]]] = {
    pg.AlterTableStmt: _alter_table,
    pg.CreateStmt: _create,
    pg.CreateForeignTableStmt: lambda tree, columns: _create(tree.base_stmt, columns),
    pg.DropStmt: _drop,
    pg.TruncateStmt: _truncate,
}
