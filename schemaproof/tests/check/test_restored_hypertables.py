"""A dump of a hypertable restored without the extension: the remaining objects are found."""

from contextlib import closing
from typing import Final

from schemaproof.catalog.catalog import reading
from schemaproof.check.live.surroundings import surrounding_findings
from schemaproof.schema.scope import Scope
from schemaproof_testing.servers import Database

RESTORED: Final = """
CREATE SCHEMA shop;
CREATE TABLE shop.history (at timestamptz NOT NULL, match text NOT NULL, price float8);
CREATE SCHEMA _timescaledb_internal;
CREATE TABLE _timescaledb_internal._hyper_1_1_chunk () INHERITS (shop.history);
"""


def test_what_a_restore_without_the_extension_leaves_is_found(database: Database) -> None:
    """The chunks are inheriting tables, as TimescaleDB creates them; no code adds others."""
    scope = Scope(
        managed=("shop",), shared=("public",), own=frozenset({("shop", "history")}), hypertables=()
    )
    database.execute(RESTORED)
    with closing(database.connect()) as connection, reading(connection):
        [(finding, repair)] = surrounding_findings(connection, scope)
    assert (str(finding.code), repair) == ("table-inherited", None)
    assert "_hyper_1_1_chunk" in str(finding.actual)
    assert "install TimescaleDB, and restore again" in finding.recommendation
