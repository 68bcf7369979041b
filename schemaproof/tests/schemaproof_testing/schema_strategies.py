"""Generate schemas as statements, and changes of one attribute with the expected finding."""

from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

from schemaproof.schema.paths import path
from schemaproof.sql.quoting import literal, name

SCHEMA: Final = "q"
# The fields are a type, a default, and another default.
TYPES: Final = (
    ("integer", "0", "1"),
    ("bigint", "(1 + 2)", "7"),
    ("numeric(10,2)", "0.5", "1.25"),
    ("text", "'x'", "lower('Y')"),
    ("character varying(40)", "'a'", "'b'"),
    ("timestamp(3) with time zone", "now()", "'epoch'"),
    ("boolean", "true", "false"),
    ("jsonb", "'{}'", "'[]'"),
    ("integer[]", "'{}'", "'{1}'"),
    ("interval day to second(3)", "'1 day'", "'2 days'"),
    ("double precision", "'NaN'", "0.1"),
    ("uuid", "gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'"),
)
# Every table has system columns with these names, so PostgreSQL refuses other columns with them.
SYSTEM_COLUMNS: Final = frozenset(("tableoid", "ctid", "xmin", "cmin", "xmax", "cmax"))
names = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(
    lambda text: len(text.encode()) <= 63
)
column_names = names.filter(lambda text: text not in SYSTEM_COLUMNS)


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    default: str | None
    other_default: str
    nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    check: str
    index: str
    unlogged: bool

    def statements(self) -> list[str]:
        first = self.columns[0]
        table = name(SCHEMA, self.name)
        columns = ", ".join(
            f"{name(column.name)} {column.type}"
            + (f" DEFAULT {column.default}" if column.default else "")
            + ("" if column.nullable else " NOT NULL")
            for column in self.columns
        )
        check = f"CONSTRAINT {name(self.check)} CHECK ({name(first.name)} IS NOT NULL OR true)"
        kind = "UNLOGGED TABLE" if self.unlogged else "TABLE"
        return [
            f"CREATE {kind} {table} ({columns}, {check})",
            f"CREATE INDEX {name(self.index)} ON {table} (({name(first.name)} IS NULL))",
            *(
                f"COMMENT ON COLUMN {table}.{name(column.name)} IS {literal(column.comment)}"
                for column in self.columns
                if column.comment is not None
            ),
        ]


@dataclass(frozen=True)
class Change:
    """A change of one attribute by hand, and the only difference that it makes."""

    statement: str
    code: str
    path: str


columns = st.builds(
    lambda called, kind, default, nullable, comment: Column(
        called, kind[0], kind[1] if default else None, kind[2], nullable, comment
    ),
    column_names,
    st.sampled_from(TYPES),
    st.booleans(),
    st.booleans(),
    st.none() | names,
)
tables = st.builds(
    Table,
    names,
    st.lists(columns, min_size=1, max_size=4, unique_by=lambda column: column.name).map(tuple),
    names,
    names,
    st.booleans(),
)


@st.composite
def schemas(draw: st.DrawFn) -> tuple[Table, ...]:
    """Draw tables whose names, and those of their indexes, are all different."""
    made = draw(st.lists(tables, min_size=1, max_size=3))
    called = [one for table in made for one in (table.name, table.index)]
    if len(set(called)) < len(called):
        return (made[0],) if made[0].name != made[0].index else draw(schemas())
    return tuple(made)


def statements(schema: tuple[Table, ...]) -> list[str]:
    return [f"CREATE SCHEMA {SCHEMA}", *(one for table in schema for one in table.statements())]


def changes(table: Table) -> list[Change]:
    """Yield every change that is tried on a table, one at a time."""
    here, where = name(SCHEMA, table.name), path(SCHEMA, table.name)
    column = table.columns[-1]
    its, at = name(column.name), path(SCHEMA, table.name, column.name)
    alter = f"ALTER TABLE {here} ALTER COLUMN {its}"
    index = name(SCHEMA, table.index)
    nullability = "SET" if column.nullable else "DROP"
    persistence = "LOGGED" if table.unlogged else "UNLOGGED"
    check = path(SCHEMA, table.name, table.check)
    return [
        Change(f"{alter} SET DEFAULT {column.other_default}", "column-default", at),
        Change(f"{alter} {nullability} NOT NULL", "column-nullability", at),
        Change(f"{alter} SET STATISTICS 7", "column-statistics", at),
        Change(f"{alter} SET (n_distinct = 5)", "column-options", at),
        Change(f"GRANT SELECT ({its}) ON {here} TO PUBLIC", "column-privileges", at),
        Change(f"COMMENT ON COLUMN {here}.{its} IS 'changed'", "column-comment", at),
        Change(f"ALTER TABLE {here} SET {persistence}", "table-persistence", where),
        Change(f"ALTER TABLE {here} SET (fillfactor = 51)", "table-options", where),
        Change(f"ALTER TABLE {here} REPLICA IDENTITY FULL", "table-replica-identity", where),
        Change(f"ALTER TABLE {here} ENABLE ROW LEVEL SECURITY", "table-row-security", where),
        Change(f"GRANT INSERT ON {here} TO PUBLIC", "table-privileges", where),
        Change(f"COMMENT ON TABLE {here} IS 'changed'", "table-comment", where),
        Change(f"ALTER TABLE {here} DROP CONSTRAINT {name(table.check)}", "check-missing", check),
        Change(f"DROP INDEX {index}", "index-missing", path(SCHEMA, table.name, table.index)),
        Change(
            f"ALTER INDEX {index} ALTER COLUMN 1 SET STATISTICS 9",
            "index-statistics",
            path(SCHEMA, table.name, table.index),
        ),
        Change(f"CREATE POLICY p ON {here} USING (true)", "policy-unexpected", f"{where}.p"),
    ]
