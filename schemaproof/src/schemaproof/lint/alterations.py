"""The actions of ALTER TABLE: the lock that each takes on its table, and its work. Pure.

Modes and work are those of AlterTableGetLockLevel() and of the manual (ALTER TABLE, "Notes"); the
tests compare with servers.
"""

from typing import Any, Final

from postgast import pg_query_pb2 as pg

from schemaproof.lint.columns import Columns
from schemaproof.lint.lock_modes import (
    ACCESS_EXCLUSIVE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Work,
)
from schemaproof.schema.paths import ObjectPath
from schemaproof.sql.sql_tree import column_name, inner, is_same, texts, within


def actions(names: str) -> frozenset[Any]:
    """Return the kinds of AlterTableCmd that a text names, separated by spaces."""
    return frozenset(getattr(pg, f"AT_{name}") for name in names.split())


TRIGGER_ACTIONS: Final = actions(
    "EnableTrig EnableAlwaysTrig EnableReplicaTrig DisableTrig EnableTrigAll DisableTrigAll"
    " EnableTrigUser DisableTrigUser"
)
"""The actions that switch triggers on and off."""
# Every other action takes ACCESS EXCLUSIVE.
_MODES: Final = {
    **dict.fromkeys(
        actions(
            "SetStatistics SetOptions ResetOptions ClusterOn DropCluster ValidateConstraint"
            " AttachPartition DetachPartitionFinalize"
        ),
        SHARE_UPDATE_EXCLUSIVE,
    ),
    **dict.fromkeys(TRIGGER_ACTIONS, SHARE_ROW_EXCLUSIVE),
}
# Every other action changes only the catalog.
_WORK: Final = {
    pg.AT_ValidateConstraint: Work.SCAN,
    **dict.fromkeys(
        actions("SetExpression SetLogged SetUnLogged SetTableSpace SetAccessMethod"), Work.REWRITE
    ),
}
_OPTIONS: Final = actions("SetRelOptions ResetRelOptions")
# These options (reloptions.c) can be changed while others write to the table. So can all options of
# TOAST tables.
_LIGHT_PREFIXES: Final = ("autovacuum_", "log_autovacuum_", "vacuum_", "deduplicate_items")
_LIGHT_OPTIONS: Final = frozenset({"fillfactor", "parallel_workers", "toast_tuple_target"})
# transformColumnDefinition() of PostgreSQL creates a sequence for these types.
_SERIAL: Final = frozenset({"serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"})
_KEYS: Final = frozenset({pg.CONSTR_UNIQUE, pg.CONSTR_PRIMARY, pg.CONSTR_EXCLUSION})
NOT_VOLATILE: Final = frozenset(
    {
        *("abs", "age", "array_append", "array_cat", "array_fill", "array_length", "array_prepend"),
        *("array_to_json", "array_to_string", "ascii", "btrim", "cardinality", "ceil", "ceiling"),
        *("chr", "concat", "concat_ws", "current_database", "current_schema", "current_setting"),
        *("current_user", "date_part", "date_trunc", "daterange", "decode", "div", "encode"),
        *("floor", "format", "inet_client_addr", "initcap", "int4range", "int8range"),
        *("json_build_array", "json_build_object", "json_object", "jsonb_build_array"),
        *("jsonb_build_object", "jsonb_object", "jsonb_set", "justify_days", "justify_hours"),
        *("left", "length", "lower", "lpad", "ltrim", "make_date", "make_interval", "make_time"),
        *("make_timestamp", "make_timestamptz", "md5", "mod", "now", "num_nonnulls", "num_nulls"),
        *("numrange", "overlay", "plainto_tsquery", "power", "quote_ident", "quote_literal"),
        *("regexp_replace", "repeat", "replace", "reverse", "right", "round", "row_to_json"),
        *("rpad", "rtrim", "session_user", "sha256", "sign", "split_part", "sqrt"),
        *("statement_timestamp", "string_to_array", "substr", "substring", "timezone", "to_char"),
        *("to_date", "to_hex", "to_json", "to_jsonb", "to_number", "to_timestamp", "to_tsquery"),
        *("to_tsvector", "transaction_timestamp", "translate", "trunc", "tsrange", "tstzrange"),
        "upper",
    }
)
"""Functions of pg_catalog that are common in defaults and not volatile."""


def action_effect(action: Any, table: ObjectPath, columns: Columns) -> tuple[str, Work]:
    """Return the mode and the work of one action.

    Args:
        action: An AlterTableCmd.
        table: The table, as the statement names it.
        columns: The columns that are known.
    """
    kind, definition = action.subtype, inner(getattr(action, "def"))
    return _mode(kind, definition), _work(kind, action.name, definition, table, columns)


def may_be_volatile(expression: Any) -> bool:
    """Whether an expression may have a different value for each row."""
    calls = (texts(node.funcname) for node in within(expression) if isinstance(node, pg.FuncCall))
    return any(
        name[-1] not in NOT_VOLATILE or name[:-1] not in {(), ("pg_catalog",)} for name in calls
    )


def _mode(kind: int, definition: Any) -> str:
    if kind in _OPTIONS:
        is_light = all(_is_light(inner(one)) for one in definition.items)
        return SHARE_UPDATE_EXCLUSIVE if is_light else ACCESS_EXCLUSIVE
    if kind == pg.AT_DetachPartition:
        return SHARE_UPDATE_EXCLUSIVE if definition.concurrent else ACCESS_EXCLUSIVE
    if kind == pg.AT_AddConstraint and definition.contype == pg.CONSTR_FOREIGN:
        return SHARE_ROW_EXCLUSIVE
    return _MODES.get(kind, ACCESS_EXCLUSIVE)


def _is_light(option: Any) -> bool:
    name = option.defname
    is_light = name in _LIGHT_OPTIONS or name.startswith(_LIGHT_PREFIXES)
    return option.defnamespace == "toast" or is_light


def _work(kind: int, column: str, definition: Any, table: ObjectPath, columns: Columns) -> Work:
    if kind == pg.AT_AddColumn:
        return _new_column(definition, columns)
    if kind == pg.AT_AlterColumnType:
        is_plain = _is_plain(definition, column)
        return columns.work_of_type(table, column) if is_plain else Work.REWRITE
    if kind == pg.AT_SetNotNull:
        return Work.CATALOG if columns.is_known_not_null(table, column) else Work.SCAN
    if kind == pg.AT_AlterConstraint:
        is_asked = definition.alter_enforceability and definition.is_enforced
        return Work.SCAN if is_asked else Work.CATALOG
    if kind == pg.AT_AddConstraint:
        return _new_constraint(definition, table, columns)
    return _WORK.get(kind, Work.CATALOG)


def _new_constraint(constraint: Any, table: ObjectPath, columns: Columns) -> Work:
    if constraint.contype not in _KEYS:
        return Work.CATALOG if constraint.skip_validation else Work.SCAN
    if not constraint.indexname:
        return Work.BUILD
    is_asked = constraint.contype == pg.CONSTR_PRIMARY
    is_known = columns.is_index_not_null(table, constraint.indexname)
    return Work.SCAN if is_asked and not is_known else Work.CATALOG


def _is_plain(definition: Any, column: str) -> bool:
    """Whether a conversion is absent or equals the default cast."""
    if not definition.HasField("raw_default"):
        return True
    using = inner(definition.raw_default)
    if isinstance(using, pg.TypeCast) and is_same(using.type_name, definition.type_name):
        using = using.arg
    return column_name(using) == column


def _new_column(definition: Any, columns: Columns) -> Work:
    """Return the work of adding a column: a constant default rewrites nothing."""
    constraints = [one.constraint for one in definition.constraints]
    kinds = {one.contype for one in constraints}
    default = [inner(one.raw_expr) for one in constraints if one.contype == pg.CONSTR_DEFAULT]
    is_stored = any(one.generated_kind == "s" for one in constraints)
    is_serial = texts(definition.type_name.names)[-1] in _SERIAL
    is_asked_domain = columns.is_constrained_domain(texts(definition.type_name.names))
    if pg.CONSTR_IDENTITY in kinds or is_stored or is_serial or is_asked_domain:
        return Work.REWRITE
    if any(may_be_volatile(one) for one in default):
        return Work.REWRITE
    if kinds & _KEYS:
        return Work.BUILD
    has_value = any(not _is_null(one) for one in default)
    asked = pg.CONSTR_FOREIGN if has_value else pg.CONSTR_NOTNULL
    return Work.SCAN if kinds & {pg.CONSTR_CHECK, asked} else Work.CATALOG


def _is_null(expression: Any) -> bool:
    while isinstance(expression, pg.TypeCast):
        expression = inner(expression.arg)
    return isinstance(expression, pg.A_Const) and expression.isnull
