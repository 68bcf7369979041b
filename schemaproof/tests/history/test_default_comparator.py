"""``alembic revision --autogenerate`` compares defaults of every type, with every Alembic."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, DefaultClause, MetaData, NullPool, Table, create_engine, text
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeEngine

from schemaproof.history import autogenerate
from schemaproof_testing.servers import Database

# For each type: the default in the database, the same as models write it, and another default.
DEFAULTS = {
    "integer": ("7", text("7"), "8"),
    "numeric(8,2)": ("1.50", text("1.5"), text("1.6")),
    "varchar(20)": ("'it''s'", "it's", "its"),
    "text": ("'100%'", "100%", "10%"),
    "json": ("""'{"a": 1}'""", '{"a": 1}', '{"a": 2}'),
    "jsonb": ("""'{"a": 1}'""", text("""'{"a"  : 1}'::jsonb"""), text("'{}'")),
    "boolean": ("false", text("'f'"), text("true")),
    "uuid": ("gen_random_uuid()", text("gen_random_uuid()"), text("uuidv4()")),
    "timestamptz": ("now()", text("CURRENT_TIMESTAMP"), text("'2026-01-01 00:00+00'")),
}
TYPES: dict[str, TypeEngine[Any]] = {
    "integer": pg.INTEGER(),
    "numeric(8,2)": pg.NUMERIC(8, 2),
    "varchar(20)": pg.VARCHAR(20),
    "text": pg.TEXT(),
    "json": pg.JSON(),
    "jsonb": pg.JSONB(),
    "boolean": pg.BOOLEAN(),
    "uuid": pg.UUID(),
    "timestamptz": pg.TIMESTAMP(timezone=True),
}


@pytest.fixture(params=["as Alembic compares", "before 1.20"])
def options(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[MetaData], dict[str, Any]]:
    if request.param == "before 1.20":
        monkeypatch.setattr(autogenerate, "find_spec", lambda _name: None)
    return autogenerate.options


def operations(
    database: Database, options: Callable[[MetaData], dict[str, Any]], name: str, default: object
) -> Any:
    metadata = MetaData()
    made = DefaultClause(default) if default is not None else None  # type: ignore[arg-type]
    Table("thing", metadata, Column("value", TYPES[name], server_default=made))
    with create_engine(database.url, poolclass=NullPool).connect() as connection:
        context = MigrationContext.configure(connection, opts=options(metadata))
        return compare_metadata(context, metadata)


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults_are_compared(
    database: Database, options: Callable[[MetaData], dict[str, Any]], name: str
) -> None:
    there, same, other = DEFAULTS[name]
    database.execute(f"CREATE TABLE thing (value {name} DEFAULT {there})")
    assert operations(database, options, name, same) == []
    for another in (other, None):
        [[operation]] = operations(database, options, name, another)
        assert operation[0] == "modify_default"


def test_a_serial_has_none_of_its_own(
    database: Database, options: Callable[[MetaData], dict[str, Any]]
) -> None:
    database.execute("CREATE TABLE thing (id serial PRIMARY KEY, value text)")
    metadata = MetaData()
    Table(
        "thing", metadata, Column("id", pg.INTEGER(), primary_key=True), Column("value", pg.TEXT())
    )
    with create_engine(database.url, poolclass=NullPool).connect() as connection:
        context = MigrationContext.configure(connection, opts=options(metadata))
        assert compare_metadata(context, metadata) == []
