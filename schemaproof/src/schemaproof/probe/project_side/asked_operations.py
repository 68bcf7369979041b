"""Keep the operations of autogenerate that make a difference in the catalogs.

The engine finds the differences: it compares both sides as PostgreSQL has stored them. Autogenerate
compares texts and names. So it reports differences that do not exist (a constraint without a name,
an index of another database), and misses others (CHECK, EXCLUDE).
"""

from __future__ import annotations

from typing import Any, Callable, Iterator

from . import conditional_parts, safe_steps, special_operations
from .replaced_enum import ReplacedEnum
from .written_statements import DroppedConstraint, NewConstraint, Statement, Statements

_TABLES = frozenset(("table", "partitioned-table", "foreign-table"))
_TYPE_ASPECTS = frozenset(("type", "type-modifier", "collation"))
_STAGES = {
    "rename": safe_steps.RENAME,
    "labels": safe_steps.LABELS,
    "first": safe_steps.SEQUENCES,
    "owned": safe_steps.OWNED,
    "ordinary": safe_steps.ORDINARY,
    "contract": safe_steps.CONTRACT,
    "replaced": safe_steps.REPLACE_TYPE,
}
_BY_SQL = frozenset(("check", "exclusion", "primary-key", "unique"))


class Asked:
    """The changes that the engine requests.

    Attributes:
        changes: The changes: each names an object (``kind``, ``names``) and its changed aspect.
        statements: The changes that are written in SQL (``up``, ``down``), each with its stage
            (``when``).
        postgresql: The major version of the databases; None when not configured.
        alone: The changes with a special form: online renames, tables that become partitioned.
        application: The oldest version of the application that does not use the dropped objects;
            None if it is not known.
    """

    def __init__(
        self,
        changes: list[dict[str, Any]],
        statements: list[dict[str, Any]] | None = None,
        postgresql: int | None = None,
        alone: dict[str, list[dict[str, Any]]] | None = None,
        application: str | None = None,
    ) -> None:
        self.changes = changes
        self.statements = statements or []
        self.postgresql = postgresql
        self.alone = special_operations.requested(**alone) if alone else []
        self.application = application
        self.default_schema = "public"
        self._aspects: dict[tuple[str, ...], set[str]] = {}
        for one in changes:
            self._aspects.setdefault(tuple(one["names"]), set()).add(one["aspect"])

    def aspects(self, schema: str | None, *names: str) -> set[str]:
        """Return the changed aspects of an object."""
        return self._aspects.get((schema or self.default_schema, *map(str, names)), set())

    def column_aspects(self, column: Any) -> set[str]:
        """Return the changed aspects of a column of the models."""
        return self.aspects(column.table.schema, column.table.name, column.name)

    def type_differs(self, _context: Any, _there: Any, column: Any, *_: Any) -> bool:
        """Whether the type of a column differs, for Alembic's option ``compare_type``."""
        return bool(self.column_aspects(column) & _TYPE_ASPECTS)

    def about_kinds(
        self, aspects: frozenset[str], kinds: frozenset[str]
    ) -> Iterator[dict[str, Any]]:
        """Yield the changes of some kinds of objects."""
        for one in self.changes:
            if one["kind"] in kinds and one["aspect"] in aspects:
                yield one

    def in_sql(self, *when: str) -> list[Statements]:
        """Return the changes of these stages that are written in SQL."""
        return [
            ReplacedEnum(one)
            if one.get("enum")
            else Statements(
                tuple(one["up"]),
                tuple(one["down"]),
                tuple(one["table"]) if one["table"] else None,
                _STAGES[one["when"]],
            )
            for one in self.statements
            if one["when"] in when
        ]

    def about_others(self) -> bool:
        """Whether anything other than tables and their parts changes."""
        known = {*_TABLES, "column", "constraint", "index", "unique-index", "schema", "enum"}
        known |= {*_BY_SQL, "foreign-key", "sequence", "extension"}
        return any(one["kind"] not in known for one in self.changes)


def keep_asked(container: Any, asked: Asked) -> None:
    """Keep only the operations that make a difference, in a container and inside it."""
    kept = []
    for one in container.ops:
        if hasattr(one, "ops"):
            keep_asked(one, asked)
            if one.ops:
                kept.append(one)
        elif _is_asked(one, asked):
            kept.append(one)
    container.ops[:] = kept


def _is_asked(one: Any, asked: Asked) -> bool:
    decide: Callable[[Any, Asked], bool] | None = _DECISIONS.get(type(one).__name__)
    # It is not known what an operation of a library is about. It is written if objects other than
    # tables are asked for.
    return decide(one, asked) if decide else asked.about_others()


def _table(one: Any, asked: Asked) -> bool:
    names = [one.schema or asked.default_schema, str(one.table_name)]
    tables = asked.about_kinds(frozenset(("creates", "drops")), _TABLES)
    if all(change["names"] != names for change in tables):
        # A model may be mapped to a view, which is not created as a table.
        return False
    columns = getattr(one, "columns", None)
    if columns is not None:
        columns[:] = [part for part in columns if conditional_parts.is_created(part)]
    return True


def _added_column(one: Any, asked: Asked) -> bool:
    return "creates" in asked.aspects(one.schema, one.table_name, one.column.name)


def _dropped_column(one: Any, asked: Asked) -> bool:
    return "drops" in asked.aspects(one.schema, one.table_name, one.column_name)


def _altered_column(one: Any, asked: Asked) -> bool:
    aspects = asked.aspects(one.schema, one.table_name, one.column_name)
    if not aspects & _TYPE_ASPECTS:
        one.modify_type = None
    one.modify_server_default = False  # The defaults are written by column_defaults.
    if "nullability" not in aspects:
        one.modify_nullable = None
    if "comment" not in aspects:
        one.modify_comment = False
    return bool(one.has_changes())


def _part(one: Any, asked: Asked) -> bool:
    """Whether a constraint or an index is created, dropped or changed."""
    name = getattr(one, "index_name", None) or getattr(one, "constraint_name", None)
    table = getattr(one, "source_table", None) or one.table_name
    schema = one.kw.get("source_schema") if hasattr(one, "source_table") else one.schema
    if getattr(one, "constraint_type", None) in ("check", "unique") or type(one).__name__ in _SQL:
        # These are written as SQL, because not every version of Alembic finds or writes all of
        # them.
        return False
    if name is not None:
        return bool(asked.aspects(schema, table, str(name)) & {"creates", "drops", "changed"})
    given = _key_name(one, [schema or asked.default_schema, str(table)], asked)
    if given is None:
        return False
    one.constraint_name = given  # The downgrade could not drop a constraint without a name.
    return True


def _key_name(one: Any, table: list[str], asked: Asked) -> str | None:
    """Return the name that PostgreSQL gives to a foreign key without one; None if it is not new."""
    wanted = [str(column) for column in getattr(one, "local_cols", None) or ()]
    for change in asked.about_kinds(frozenset(("creates",)), frozenset(("foreign-key",))):
        if change["names"][:2] == table:
            listed = change["after"].partition("(")[2].partition(")")[0].replace('"', "")
            if listed.split(", ") == wanted:
                return str(change["names"][-1])
    return None


def _table_comment(one: Any, asked: Asked) -> bool:
    return "comment" in asked.aspects(one.schema, one.table_name)


_SQL = frozenset(("CreateCheckConstraintOp", "CreateUniqueConstraintOp", "CreatePrimaryKeyOp"))
_DECISIONS: dict[str, Callable[[Any, Asked], bool]] = {
    "CreateTableOp": _table,
    "DropTableOp": _table,
    "AddColumnOp": _added_column,
    "DropColumnOp": _dropped_column,
    "AlterColumnOp": _altered_column,
    **dict.fromkeys(("CreateIndexOp", "DropIndexOp", "DropConstraintOp"), _part),
    **dict.fromkeys(("CreateUniqueConstraintOp", "CreateForeignKeyOp"), _part),
    **dict.fromkeys(("CreatePrimaryKeyOp", "CreateCheckConstraintOp"), _part),
    **dict.fromkeys(("CreateTableCommentOp", "DropTableCommentOp"), _table_comment),
}


def before_tables(asked: Asked) -> list[Any]:
    """Return the statements to run before autogenerate's operations."""
    types: list[Any] = [
        Statement(one["after"], "DROP TYPE " + one["where"], stage=safe_steps.TYPES)
        for one in asked.about_kinds(frozenset(("creates",)), frozenset(("enum",)))
    ]
    return types + [
        DroppedConstraint(_constraint(one, one["before"]))
        for one in asked.about_kinds(frozenset(("drops", "changed")), _BY_SQL)
    ]


def after_tables(asked: Asked) -> list[Statement]:
    """Return the statements to run after autogenerate's operations."""
    constraints: list[Statement] = [
        _constraint(one, one["after"])
        for one in asked.about_kinds(frozenset(("creates", "changed")), _BY_SQL)
    ]
    types = [
        Statement("DROP TYPE " + one["where"], one["before"], stage=safe_steps.DROP_TYPE)
        for one in asked.about_kinds(frozenset(("drops",)), frozenset(("enum",)))
    ]
    renames = [_renamed(one) for one in asked.changes if one["aspect"] == "renames"]
    return [*renames, *constraints, *types]


def _constraint(one: dict[str, Any], definition: str) -> NewConstraint:
    table = (one["names"][0], one["names"][1])
    return NewConstraint(one["kind"], table, one["table"], one["name"], definition)


def _renamed(one: dict[str, Any]) -> Statement:
    if one["kind"] in ("index", "unique-index"):
        form, where = "ALTER INDEX {}.{} RENAME TO {}", one["schema"]
    else:
        form, where = "ALTER TABLE {} RENAME CONSTRAINT {} TO {}", one["table"]
    old, new = one["name"], one["new_name"]
    table = (one["names"][0], one["names"][1])
    return Statement(form.format(where, old, new), form.format(where, new, old), table)
