"""Every column of every system catalog is read or left out for a reason, on each major version."""

import re
from importlib.resources import files

import pytest

from schemaproof.catalog.contract import WHOLE_CATALOG, Decision, decisions
from schemaproof.findings.codes import CODES
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import administration

DECISIONS = decisions()
COLUMNS = [
    (catalog, column, decision)
    for catalog, columns in DECISIONS.items()
    for column, decision in columns.items()
]
IDS = [f"{catalog}.{column}" for catalog, column, _ in COLUMNS]
QUERIES = "\n".join(
    query.read_text("utf-8")
    for query in files("schemaproof.catalog.queries").iterdir()
    if query.name.endswith(".sql")
)


def catalog_columns(server: LocalServer) -> dict[str, set[str]]:
    with administration(server) as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c"
            " ON c.oid = a.attrelid WHERE c.relnamespace = 'pg_catalog'::regnamespace"
            " AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        )
        found: dict[str, set[str]] = {}
        for catalog, column in cursor.fetchall():
            found.setdefault(catalog, set()).add(column)
        return found


def test_every_catalog_of_the_server_has_decisions(any_server: LocalServer) -> None:
    assert catalog_columns(any_server).keys() == DECISIONS.keys()


@pytest.mark.parametrize("catalog", DECISIONS)
def test_every_column_of_a_catalog_has_a_decision(any_server: LocalServer, catalog: str) -> None:
    decided = DECISIONS[catalog]
    if WHOLE_CATALOG in decided:
        assert decided[WHOLE_CATALOG].reason
        return
    major = any_server.binaries.major
    expected = {column for column, one in decided.items() if one.holds_on(major)}
    assert catalog_columns(any_server)[catalog] == expected


@pytest.mark.parametrize(("catalog", "column", "decision"), COLUMNS, ids=IDS)
def test_a_decision_names_codes_that_exist(catalog: str, column: str, decision: Decision) -> None:
    assert set(decision.codes) <= CODES.keys(), f"{catalog}.{column}"


@pytest.mark.parametrize(("catalog", "column", "decision"), COLUMNS, ids=IDS)
def test_what_is_compared_is_read(catalog: str, column: str, decision: Decision) -> None:
    if decision.function:
        assert f"{decision.function}(" in QUERIES
    elif decision.codes:
        assert re.search(rf"\b{column}\b", QUERIES), f"no query reads {catalog}.{column}"
