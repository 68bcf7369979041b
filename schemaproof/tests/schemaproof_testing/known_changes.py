"""The changes in the tests of django-pg-zero-downtime-migrations, as changes of models.

Each has a summary of the SQL of that package (version of November 2025): ``refuses`` where it
raises, or warns and does it as Django does.
"""

from typing import Final, NamedTuple


class KnownChange(NamedTuple):
    """A change of a table.

    Attributes:
        old: The parts of the model before; ``{table}`` is the name of the table.
        new: The parts of the model after.
        other_tool: The SQL of django-pg-zero-downtime-migrations, in short.
    """

    old: str
    new: str
    other_tool: str


_INDEX: Final = "CREATE INDEX CONCURRENTLY"
_UNIQUE: Final = "CREATE UNIQUE INDEX CONCURRENTLY; ADD CONSTRAINT USING INDEX"
_ONLY_UNIQUE: Final = "CREATE UNIQUE INDEX CONCURRENTLY"
_DROP_INDEX: Final = "DROP INDEX CONCURRENTLY"
_KEY: Final = "ADD CONSTRAINT NOT VALID; VALIDATE CONSTRAINT"
_NOT_NULL: Final = "ADD CHECK NOT VALID; VALIDATE; SET NOT NULL; DROP CHECK"
_DROP: Final = "DROP CONSTRAINT"
_TYPE: Final = "ALTER TYPE"
_REFUSES: Final = "refuses"
_ADD: Final = "ADD COLUMN"
_F: Final = "Column('f', Integer)"
_WHERE: Final = "postgresql_where=text('f > 0')"


def _column(kind: str, *more: str) -> str:
    return f"Column('f', {', '.join((kind, *more))})"


_INDEXES: Final = {
    "brin": _F,
    "btree": _F,
    "gin": "Column('f', pg.ARRAY(Integer))",
    "gist": "Column('f', pg.INT4RANGE)",
    "hash": _F,
    "spgist": "Column('f', Text)",
}
_ROWS: Final[dict[str, tuple[str, str, str]]] = {
    "add_field": ("", _F, _ADD),
    "add_field_default": ("", _column("Integer", "server_default='1'"), _ADD),
    "add_field_default_not_null": (
        "",
        _column("Integer", "server_default='1'", "nullable=False"),
        _ADD,
    ),
    "add_field_not_null": ("", _column("Integer", "nullable=False"), _REFUSES),
    "add_field_foreign_key": (
        "",
        _column("Integer", "ForeignKey('other.id')", "index=True"),
        f"{_ADD}; {_KEY}; {_INDEX}",
    ),
    "add_field_unique": ("", _column("Integer", "unique=True"), f"{_ADD}; {_UNIQUE}"),
    "add_field_check": ("", f"{_F}, CheckConstraint('f > 0', name='ck')", f"{_ADD}; {_KEY}"),
    "add_field_index": ("", _column("Integer", "index=True"), f"{_ADD}; {_INDEX}"),
    "add_generated": ("", _column("Integer", "Computed('id + 1', persisted=True)"), _REFUSES),
    "integer_to_identity": (
        _column("Integer", "nullable=False"),
        _column("Integer", "Identity()", "nullable=False"),
        "ADD GENERATED",
    ),
    "identity_to_integer": (
        _column("Integer", "Identity()", "nullable=False"),
        _column("Integer", "nullable=False"),
        "DROP IDENTITY",
    ),
    "integer_to_bigint": (_F, _column("BigInteger"), _REFUSES),
    "integer_to_bigint_identity": (
        _column("Integer", "nullable=False"),
        _column("BigInteger", "Identity()", "nullable=False"),
        _REFUSES,
    ),
    "identity_to_bigint_identity": (
        _column("Integer", "Identity()", "nullable=False"),
        _column("BigInteger", "Identity()", "nullable=False"),
        _REFUSES,
    ),
    "varchar_shorter": (_column("String(40)"), _column("String(20)"), _REFUSES),
    "varchar_longer": (_column("String(40)"), _column("String(80)"), _TYPE),
    "varchar_to_text": (_column("String(40)"), _column("Text"), _TYPE),
    "decimal_narrower": (_column("Numeric(10, 2)"), _column("Numeric(5, 2)"), _REFUSES),
    "decimal_wider": (_column("Numeric(10, 2)"), _column("Numeric(20, 2)"), _TYPE),
    "decimal_finer": (_column("Numeric(10, 2)"), _column("Numeric(10, 3)"), _REFUSES),
    "decimal_coarser": (_column("Numeric(10, 2)"), _column("Numeric(10, 1)"), _REFUSES),
    "decimal_to_float": (_column("Numeric(10, 2)"), _column("Double"), _REFUSES),
    "set_not_null": (_F, _column("Integer", "nullable=False"), _NOT_NULL),
    "drop_not_null": (_column("Integer", "nullable=False"), _F, "DROP NOT NULL"),
    "set_default": (_F, _column("Integer", "server_default='1'"), "SET DEFAULT"),
    "drop_default": (_column("Integer", "server_default='1'"), _F, "DROP DEFAULT"),
    "remove_field": (_F, "", "DROP COLUMN"),
    "remove_field_not_null": (_column("Integer", "nullable=False"), "", "DROP COLUMN"),
    "remove_field_foreign_key": (
        "Column('f', Integer, ForeignKey('other.id'))",
        "",
        f"{_DROP}; DROP COLUMN",
    ),
    "remove_field_unique": (_column("Integer", "unique=True"), "", f"{_DROP}; DROP COLUMN"),
    "remove_field_index": (
        _column("Integer", "index=True"),
        "",
        f"{_DROP_INDEX}; DROP COLUMN",
    ),
    "remove_field_check": (
        f"{_F}, CheckConstraint('f > 0', name='ck')",
        "",
        f"{_DROP}; DROP COLUMN",
    ),
    "remove_field_unique_together": (
        f"{_F}, UniqueConstraint('id', 'f')",
        "",
        f"{_DROP}; DROP COLUMN",
    ),
    "remove_field_unique_deferred": (
        f"{_F}, UniqueConstraint('f', deferrable=True, initially='DEFERRED')",
        "",
        f"{_DROP}; DROP COLUMN",
    ),
    "remove_field_unique_condition": (
        f"{_F}, Index('{{table}}_ix', 'f', unique=True, {_WHERE})",
        "",
        f"{_DROP_INDEX}; DROP COLUMN",
    ),
    "remove_field_index_together": (
        f"{_F}, Index('{{table}}_ix', 'id', 'f')",
        "",
        f"{_DROP_INDEX}; DROP COLUMN",
    ),
    "remove_field_index_include": (
        f"{_F}, Index('{{table}}_ix', 'id', postgresql_include=['f'])",
        "",
        f"{_DROP_INDEX}; DROP COLUMN",
    ),
    "remove_field_index_condition": (
        f"{_F}, Index('{{table}}_ix', 'id', {_WHERE})",
        "",
        f"{_DROP_INDEX}; DROP COLUMN",
    ),
    "remove_field_index_expression": (
        f"{_F}, Index('{{table}}_ix', text('(abs(f))'))",
        "",
        f"{_DROP_INDEX}; DROP COLUMN",
    ),
    "add_check": (_F, f"{_F}, CheckConstraint('f > 0', name='ck')", _KEY),
    "drop_check": (f"{_F}, CheckConstraint('f > 0', name='ck')", _F, _DROP),
    "add_foreign_key": (_F, f"{_F}, ForeignKeyConstraint(['f'], ['other.id'])", _KEY),
    "drop_foreign_key": (f"{_F}, ForeignKeyConstraint(['f'], ['other.id'])", _F, _DROP),
    "add_unique": (_F, f"{_F}, UniqueConstraint('f')", _UNIQUE),
    "drop_unique": (f"{_F}, UniqueConstraint('f')", _F, _DROP),
    "add_unique_together": (_F, f"{_F}, UniqueConstraint('id', 'f')", _UNIQUE),
    "drop_unique_together": (f"{_F}, UniqueConstraint('id', 'f')", _F, _DROP),
    "add_unique_condition": (
        _F,
        f"{_F}, Index('{{table}}_ix', 'f', unique=True, {_WHERE})",
        _ONLY_UNIQUE,
    ),
    "drop_unique_condition": (
        f"{_F}, Index('{{table}}_ix', 'f', unique=True, {_WHERE})",
        _F,
        _DROP_INDEX,
    ),
    "add_unique_nulls_not_distinct": (
        _F,
        f"{_F}, UniqueConstraint('f', postgresql_nulls_not_distinct=True)",
        _UNIQUE,
    ),
    "add_unique_expression": (
        _F,
        f"{_F}, Index('{{table}}_ix', text('(abs(f))'), unique=True)",
        _ONLY_UNIQUE,
    ),
    "add_unique_deferred": (
        _F,
        f"{_F}, UniqueConstraint('f', deferrable=True, initially='DEFERRED')",
        _UNIQUE,
    ),
    "drop_unique_deferred": (
        f"{_F}, UniqueConstraint('f', deferrable=True, initially='DEFERRED')",
        _F,
        _DROP,
    ),
    "add_unique_immediate": (
        _F,
        f"{_F}, UniqueConstraint('f', deferrable=True, initially='IMMEDIATE')",
        _UNIQUE,
    ),
    "add_unique_include": (
        _F,
        f"{_F}, UniqueConstraint('f', postgresql_include=['id'])",
        _ONLY_UNIQUE,
    ),
    "add_unique_operators": (
        _F,
        f"{_F}, Index('{{table}}_ix', 'f', unique=True, postgresql_ops={{{{'f': 'int4_ops'}}}})",
        _ONLY_UNIQUE,
    ),
    "add_exclusion": (
        "Column('f', pg.INT4RANGE)",
        "Column('f', pg.INT4RANGE), pg.ExcludeConstraint((column('f'), '&&'), name='ex')",
        _REFUSES,
    ),
    "drop_exclusion": (
        "Column('f', pg.INT4RANGE), pg.ExcludeConstraint((column('f'), '&&'), name='ex')",
        "Column('f', pg.INT4RANGE)",
        _DROP,
    ),
    "add_primary_key": (
        _column("Integer", "nullable=False"),
        "Column('f', Integer), PrimaryKeyConstraint('f', name='pk_{table}')",
        "CREATE UNIQUE INDEX CONCURRENTLY; ADD PRIMARY KEY USING INDEX",
    ),
    "drop_primary_key": (
        "Column('f', Integer), PrimaryKeyConstraint('f', name='pk_{table}')",
        _column("Integer", "nullable=False"),
        _DROP,
    ),
    "add_index_multi": (_F, f"{_F}, Index('{{table}}_ix', 'id', 'f')", _INDEX),
    "add_index_condition": (_F, f"{_F}, Index('{{table}}_ix', 'f', {_WHERE})", _INDEX),
    "drop_index": (f"{_F}, Index('{{table}}_ix', 'f')", _F, _DROP_INDEX),
    "column_comment": (_F, _column("Integer", "comment='c'"), "COMMENT ON"),
    "table_comment": (_F, f"{_F}, comment='c'", "COMMENT ON"),
    **{
        f"{verb}_{method}{'_condition' * conditional}": (
            *((column, index) if verb == "add" else (index, column)),
            _INDEX if verb == "add" else _DROP_INDEX,
        )
        for method, column in _INDEXES.items()
        for conditional, where in enumerate(("", ", postgresql_where=text('id > 0')"))
        for index in (f"{column}, Index('{{table}}_ix', 'f', postgresql_using='{method}'{where})",)
        for verb in ("add", "drop")
    },
}
KNOWN_CHANGES: Final = {name: KnownChange(*row) for name, row in _ROWS.items()}
