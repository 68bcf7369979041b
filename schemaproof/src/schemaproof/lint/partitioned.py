"""Find statements that repeat for a partitioned table what its partitions already have. Pure."""

from typing import Any, Final

from postgast import pg_query_pb2 as pg

from schemaproof.lint.relations import Relations, with_schema
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql.sql_tree import inner, relation, texts

_KEYS: Final = frozenset({pg.CONSTR_UNIQUE, pg.CONSTR_PRIMARY})


def is_about_whole(tree: Any, relations: Relations) -> bool:
    """Whether a statement changes only the catalog entries of a partitioned table.

    Such statements add an index or a key to ``ONLY`` that table, add a foreign key that every
    partition has already, or drop its index, which PostgreSQL cannot do concurrently.
    """
    if isinstance(tree, pg.DropStmt) and tree.remove_type == pg.OBJECT_INDEX:
        names = [path(*texts(one.list.items)) for one in tree.objects]
        return all(relations.is_partitioned_index(one) for one in names)
    if not isinstance(tree, (pg.IndexStmt, pg.AlterTableStmt)):
        return False
    table = path(*relation(tree.relation))
    if not relations.is_partitioned(table):
        return False
    if isinstance(tree, pg.IndexStmt):
        return not tree.relation.inh
    return all(
        _is_known(one.alter_table_cmd, table, relations, is_only=not tree.relation.inh)
        for one in tree.cmds
    )


def _is_known(action: Any, table: ObjectPath, relations: Relations, *, is_only: bool) -> bool:
    if action.subtype != pg.AT_AddConstraint:
        return False
    added = inner(getattr(action, "def"))
    if added.contype != pg.CONSTR_FOREIGN:
        return is_only and added.contype in _KEYS
    having = {one.table for one in relations.foreign_keys if one.name == added.conname}
    leaves = {one for one in relations.descendants(table) if not relations.is_partitioned(one)}
    return {with_schema(one) for one in leaves} <= having
