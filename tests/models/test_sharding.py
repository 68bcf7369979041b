"""docs/sharding.md compared with the models, by the rules that Citus documents."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from models import Base
from schemaproof_testing.project import ROOT

PAGE: Final = (ROOT / "docs" / "sharding.md").read_text("utf-8")
DISTRIBUTED: Final = dict(re.findall(r"create_distributed_table\('([\w.]+)', '(\w+)'", PAGE))
REFERENCE: Final = frozenset(re.findall(r"create_reference_table\('([\w.]+)'\)", PAGE))
CHANGES: Final = frozenset(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))


def name(table: Table) -> str:
    return f"{table.schema or 'public'}.{table.name}"


TABLES: Final = {name(table): table for table in Base.metadata.tables.values()}


def unique_keys(table: Table) -> Iterator[tuple[str, set[str]]]:
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            yield str(constraint.name), {column.name for column in constraint.columns}
    for index in table.indexes:
        if index.unique:
            yield str(index.name), {column.name for column in index.columns}


def test_every_table_is_distributed_or_a_reference_table() -> None:
    assert {*DISTRIBUTED} | REFERENCE == {*TABLES}
    assert not {*DISTRIBUTED} & REFERENCE


def test_the_page_lists_every_unique_key_without_the_distribution_column() -> None:
    """In Citus, a unique constraint of a distributed table must contain the distribution column."""
    assert {
        constraint
        for table, column in DISTRIBUTED.items()
        for constraint, columns in unique_keys(TABLES[table])
        if column not in columns
    } == CHANGES


def refused_keys(
    tables: Mapping[str, Table], distributed: Mapping[str, str], reference: frozenset[str]
) -> list[str]:
    """Return the foreign keys that Citus refuses when tables are distributed.

    It allows a foreign key to a reference table, and one between two distributed tables that
    contains the distribution column of both.
    """
    return [
        f"{table} → {target}"
        for table, model in tables.items()
        for key in model.constraints
        if isinstance(key, ForeignKeyConstraint)
        and (target := name(key.referred_table)) not in reference
        and not (
            table in distributed
            and target in distributed
            and distributed[table] in {column.name for column in key.columns}
        )
    ]


def test_no_foreign_key_leads_where_citus_knows_no_way() -> None:
    assert refused_keys(TABLES, DISTRIBUTED, REFERENCE) == []


def test_a_table_with_a_foreign_key_that_cannot_be_is_named() -> None:
    """The key goes from a reference table to a distributed one."""
    metadata = MetaData()
    Table("odds", metadata, Column("id", Integer, primary_key=True), schema="public")
    of_reference = Table(
        "notes", metadata, Column("odds", ForeignKey("public.odds.id")), schema="quantum"
    )
    tables = {**TABLES, "quantum.notes": of_reference}
    assert refused_keys(tables, DISTRIBUTED, REFERENCE | {"quantum.notes"}) == [
        "quantum.notes → public.odds"
    ]


def test_the_distribution_columns_may_not_be_null_and_have_the_same_type() -> None:
    columns = [TABLES[table].columns[column] for table, column in DISTRIBUTED.items()]
    assert not any(column.nullable for column in columns)
    assert len({str(column.type) for column in columns}) == 1, "tables are co-located by one type"
