"""The lock of each kind of statement on the tables that it names, and its work.

The table follows the PostgreSQL manual ("Explicit Locking" and the page of each command); the tests
execute every kind and compare with pg_locks.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from postgast import pg_query_pb2 as pg

from schemaproof.lint.lock_modes import (
    ACCESS_EXCLUSIVE,
    EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    STRENGTH,
    Work,
)
from schemaproof.sql.sql_tree import is_on

Effect: TypeAlias = tuple[str, Work]
"""The mode of the lock, and the work during the lock."""

RELATIONS: Final = frozenset(
    {pg.OBJECT_TABLE, pg.OBJECT_VIEW, pg.OBJECT_MATVIEW, pg.OBJECT_FOREIGN_TABLE}
)
"""The kinds of objects that rows are read from."""
ON_RELATIONS: Final = frozenset({pg.OBJECT_TRIGGER, pg.OBJECT_RULE, pg.OBJECT_POLICY})
"""The kinds of objects that belong to a relation; SQL names the relation before the object."""
_PARTS: Final = frozenset({pg.OBJECT_COLUMN, pg.OBJECT_TABCONSTRAINT, *ON_RELATIONS})

_EXCLUSIVE: Final = (ACCESS_EXCLUSIVE, Work.CATALOG)
_UPDATE_EXCLUSIVE: Final = (SHARE_UPDATE_EXCLUSIVE, Work.CATALOG)


def _drop(tree: Any) -> Effect | None:
    if tree.remove_type not in RELATIONS | ON_RELATIONS | {pg.OBJECT_INDEX}:
        return None
    return _UPDATE_EXCLUSIVE if tree.concurrent else _EXCLUSIVE


def _rename(tree: Any) -> Effect | None:
    if tree.rename_type == pg.OBJECT_INDEX:
        return _UPDATE_EXCLUSIVE
    return _EXCLUSIVE if tree.rename_type in RELATIONS | _PARTS else None


def _comment(tree: Any) -> Effect | None:
    commented = RELATIONS | {pg.OBJECT_INDEX, pg.OBJECT_COLUMN}
    return _UPDATE_EXCLUSIVE if tree.objtype in commented else None


def _reindex(tree: Any) -> Effect:
    mode = SHARE if tree.kind == pg.REINDEX_OBJECT_TABLE else ACCESS_EXCLUSIVE
    return SHARE_UPDATE_EXCLUSIVE if is_on(tree.params, "concurrently") else mode, Work.BUILD


EFFECTS: Final[Mapping[type, Callable[[Any], Effect | None]]] = {
    **dict.fromkeys((pg.CommentStmt, pg.SecLabelStmt), _comment),
    **dict.fromkeys(
        (pg.CreatePublicationStmt, pg.AlterPublicationStmt, pg.CreateStatsStmt),
        lambda _: _UPDATE_EXCLUSIVE,
    ),
    **dict.fromkeys(
        (pg.CreatePolicyStmt, pg.AlterPolicyStmt, pg.RuleStmt, pg.TruncateStmt),
        lambda _: _EXCLUSIVE,
    ),
    pg.CreateTrigStmt: lambda _: (SHARE_ROW_EXCLUSIVE, Work.CATALOG),
    pg.ViewStmt: lambda tree: _EXCLUSIVE if tree.replace else None,
    pg.IndexStmt: lambda tree: (SHARE_UPDATE_EXCLUSIVE if tree.concurrent else SHARE, Work.BUILD),
    pg.DropStmt: _drop,
    pg.RenameStmt: _rename,
    pg.AlterObjectSchemaStmt: lambda tree: _EXCLUSIVE if tree.object_type in RELATIONS else None,
    pg.ReindexStmt: _reindex,
    pg.RefreshMatViewStmt: lambda tree: (
        (EXCLUSIVE, Work.SCAN) if tree.concurrent else (ACCESS_EXCLUSIVE, Work.REWRITE)
    ),
    pg.ClusterStmt: lambda _: (ACCESS_EXCLUSIVE, Work.REWRITE),
    pg.VacuumStmt: lambda tree: (
        (ACCESS_EXCLUSIVE, Work.REWRITE)
        if is_on(tree.options, "full")
        else (SHARE_UPDATE_EXCLUSIVE, Work.SCAN)
    ),
    pg.LockStmt: lambda tree: (STRENGTH[tree.mode - 1], Work.CATALOG),
}
"""The effect of each kind of statement; None where the statement locks no table."""


def _statements(names: str) -> frozenset[Any]:
    return frozenset(getattr(pg, f"{name}Stmt") for name in names.split())


NO_TABLE: Final = _statements(
    "CreateSeq AlterSeq CreateFunction AlterFunction CreateExtension CreateRole AlterRole"
    " AlterRoleSet DropRole Grant GrantRole AlterDefaultPrivileges VariableSet VariableShow Define"
    " CreateEnum AlterEnum CompositeType CreateDomain CreateRange CreateSubscription"
    " AlterSubscription DropSubscription CreateEventTrig AlterEventTrig CreateCast CreateConversion"
    " CreateTransform CreateOpClass CreateOpFamily AlterOpFamily AlterOperator CreateAm CreatePLang"
    " AlterOwner AlterTSDictionary AlterTSConfiguration AlterCollation CreateFdw AlterFdw"
    " CreateForeignServer AlterForeignServer CreateUserMapping AlterUserMapping DropUserMapping"
    " ImportForeignSchema ConstraintsSet Listen Unlisten Notify AlterDatabase AlterDatabaseSet"
    " AlterObjectDepends"
)
"""Statements that lock no table. The locks of unlisted statements are known only at run time."""
