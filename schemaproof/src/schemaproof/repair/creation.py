"""Turn relations into the statements that create them."""

from collections.abc import Mapping

from schemaproof.repair import ddl
from schemaproof.schema.database_objects import Relation, Sequence
from schemaproof.sql import quoting


def create_statement(schema: str, relation: Relation, owned: Mapping[str, Sequence]) -> str:
    """Return CREATE TABLE or VIEW; keys, indexes and the rest are statements of their own.

    Args:
        schema: The schema of the relation.
        relation: The relation to create.
        owned: The sequences behind its columns, by the names of the columns.
    """
    name = quoting.name(schema, relation.name)
    if relation.kind in {"view", "materialized view"}:
        return _view(name, relation)
    head = "CREATE FOREIGN TABLE" if relation.kind == "foreign table" else "CREATE TABLE"
    if relation.persistence is not None:
        head = f"CREATE {relation.persistence.upper()} TABLE"
    return " ".join([head, name, _body(schema, relation, owned), *_clauses(relation)])


def _view(name: str, relation: Relation) -> str:
    options = ", ".join(ddl.changed_options(relation.options, None)).removeprefix("SET ")
    clause = f" WITH {options}" if options else ""
    query = str(relation.definition).rstrip(";")
    no_data = "" if relation.populated else "\nWITH NO DATA"
    return f"CREATE {relation.kind.upper()} {name}{clause} AS\n{query}{no_data}"


def _body(schema: str, relation: Relation, owned: Mapping[str, Sequence]) -> str:
    if relation.of_type is not None:
        return f"OF {relation.of_type}"
    if relation.partition_of is not None:
        return f"PARTITION OF {relation.partition_of}"
    in_order = sorted(relation.columns, key=lambda column: column.position)
    columns = ",\n    ".join(
        ddl.column(
            column,
            owned.get(column.name),
            schema,
            foreign=relation.kind == "foreign table",
        )
        for column in in_order
    )
    inherits = f" INHERITS ({relation.inherits})" if relation.inherits else ""
    return f"(\n    {columns}\n){inherits}" if columns else f"(){inherits}"


def _clauses(relation: Relation) -> list[str]:
    clauses = []
    if relation.partition_key is not None:
        clauses.append(f"PARTITION BY {relation.partition_key}")
    if relation.kind == "foreign table":
        clauses.append(str(relation.definition))
    if relation.access_method is not None:
        clauses.append(f"USING {quoting.name(relation.access_method)}")
    if relation.tablespace is not None:
        clauses.append(f"TABLESPACE {quoting.name(relation.tablespace)}")
    return clauses
