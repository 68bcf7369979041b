"""Attributes of constraints, indexes, sequences and tables as read on every major version."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg2
import pytest

from schemaproof.schema.database_objects import Constraint, Index, Sequence, Snapshot
from schemaproof.schema.paths import path
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.catalog_reading import (
    connected,
    constraints,
    indexes,
    live_snapshot,
    relation,
    sequences,
    snapshot_after,
)
from schemaproof_testing.servers import Database, create_database
from schemaproof_testing.snapshot_strategies import sql

SCHEMA = """
COMMENT ON SCHEMA q IS 'ours';
CREATE TABLE q.parent (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE q.t (
    id int CONSTRAINT pk_t PRIMARY KEY,
    kind varchar(10),
    a int,
    b int,
    room int4range,
    area box,
    doc jsonb,
    CONSTRAINT uq_kind UNIQUE (kind) INCLUDE (a),
    CONSTRAINT uq_pair UNIQUE NULLS NOT DISTINCT (a, b),
    CONSTRAINT uq_late UNIQUE (b, kind) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_parent FOREIGN KEY (a, b) REFERENCES q.parent MATCH FULL
        ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT ck_a CHECK (a > 0) NO INHERIT,
    CONSTRAINT no_overlap EXCLUDE USING gist (room WITH &&) WHERE (a > 0),
    CONSTRAINT no_touch EXCLUDE USING gist (area WITH &&)
);
ALTER TABLE q.t ADD CONSTRAINT ck_later CHECK (b > 0) NOT VALID;
COMMENT ON TABLE q.t IS 'a table';
COMMENT ON CONSTRAINT ck_a ON q.t IS 'positive';
CREATE INDEX ix_plain ON q.t (a DESC NULLS LAST, b) INCLUDE (kind);
CREATE INDEX ix_partial ON q.t (a) WHERE kind = 'x';
CREATE UNIQUE INDEX ux_lower ON q.t (lower(kind)) NULLS NOT DISTINCT;
CREATE INDEX ix_doc ON q.t USING gin (doc jsonb_path_ops) WITH (fastupdate = off);
COMMENT ON INDEX q.ix_plain IS 'searched';
CREATE SEQUENCE q.odd AS smallint INCREMENT -3 MINVALUE -100 MAXVALUE -1 START -4 CACHE 7 CYCLE;
CREATE SEQUENCE q.owned OWNED BY q.t.a;
CREATE TABLE q.counted (
    id int GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 10), old serial
);
CREATE TABLE q.log (day date NOT NULL, n int) PARTITION BY RANGE (day);
CREATE TABLE q.log_2024 PARTITION OF q.log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE UNIQUE INDEX ux_log ON q.log (day);
CREATE TABLE q.tree (id int CONSTRAINT pk_tree PRIMARY KEY, up int REFERENCES q.tree);
CREATE VIEW q.seen AS SELECT id, kind FROM q.t;
CREATE MATERIALIZED VIEW q.kept AS SELECT id FROM q.t;
CREATE UNIQUE INDEX ux_kept ON q.kept (id);
CREATE TYPE q.pair AS (x int, y int)
"""
CONSTRAINTS = {
    "pk_t": ("primary-key", "PRIMARY KEY (id)"),
    "uq_kind": ("unique", "UNIQUE (kind) INCLUDE (a)"),
    "uq_pair": ("unique", "UNIQUE NULLS NOT DISTINCT (a, b)"),
    "uq_late": ("unique", "UNIQUE (b, kind) DEFERRABLE INITIALLY DEFERRED"),
    "fk_parent": (
        "foreign-key",
        (
            "FOREIGN KEY (a, b) REFERENCES q.parent(a, b) MATCH FULL ON UPDATE CASCADE"
            " ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED"
        ),
    ),
    "ck_a": ("check", "CHECK ((a > 0)) NO INHERIT"),
    "ck_later": ("check", "CHECK ((b > 0))"),
    "no_overlap": ("exclusion", "EXCLUDE USING gist (room WITH &&) WHERE ((a > 0))"),
    "no_touch": ("exclusion", "EXCLUDE USING gist (area WITH &&)"),
}
INDEXES = {
    "ix_plain": "CREATE INDEX ix_plain ON q.t USING btree (a DESC NULLS LAST, b) INCLUDE (kind)",
    "ix_partial": "CREATE INDEX ix_partial ON q.t USING btree (a) WHERE ((kind)::text = 'x'::text)",
    "ux_lower": "CREATE UNIQUE INDEX ux_lower ON q.t USING btree (lower((kind)::text))"
    " NULLS NOT DISTINCT",
    "ix_doc": "CREATE INDEX ix_doc ON q.t USING gin (doc jsonb_path_ops) WITH (fastupdate=off)",
}
LARGEST = 2**31 - 1
_SERIAL = Sequence(
    name="", type="integer", start=1, increment=1, minimum=1, maximum=LARGEST, cache=1
)
SEQUENCES = {
    Sequence(
        name="odd",
        type="smallint",
        start=-4,
        increment=-3,
        minimum=-100,
        maximum=-1,
        cache=7,
        cycle=True,
    ),
    replace(_SERIAL, name="owned", type="bigint", maximum=2**63 - 1, owned_by=path("q", "t", "a")),
    replace(
        _SERIAL,
        name="counted_id_seq",
        start=100,
        increment=10,
        owned_by=path("q", "counted", "id"),
    ),
    replace(_SERIAL, name="counted_old_seq", owned_by=path("q", "counted", "old")),
}


@pytest.fixture(scope="module")
def snapshot(any_server: LocalServer) -> Iterator[Snapshot]:
    """The schema as it is read on each major version."""
    with create_database(any_server) as database:
        yield snapshot_after(database, SCHEMA)


def test_constraints_are_read_whole(snapshot: Snapshot) -> None:
    found = constraints(snapshot)
    assert {name: (one.kind, str(one.definition)) for name, one in found.items()} == CONSTRAINTS


def test_what_is_not_validated_is_read(snapshot: Snapshot) -> None:
    found = constraints(snapshot)
    assert [name for name, one in found.items() if not one.validated] == ["ck_later"]


def test_comment_on_a_constraint_is_read(snapshot: Snapshot) -> None:
    expected = Constraint(
        name="ck_a", kind="check", definition=sql("CHECK ((a > 0)) NO INHERIT"), comment="positive"
    )
    assert constraints(snapshot)["ck_a"] == expected


def test_indexes_are_read_whole(snapshot: Snapshot) -> None:
    free = {name: one for name, one in indexes(snapshot).items() if one.constraint is None}
    assert {name: str(one.definition) for name, one in free.items()} == INDEXES


def test_index_says_which_constraint_it_belongs_to(snapshot: Snapshot) -> None:
    owned = {one.constraint for one in indexes(snapshot).values()} - {None}
    assert owned == {"pk_t", "uq_kind", "uq_pair", "uq_late", "no_overlap", "no_touch"}


def test_comment_on_an_index_is_read(snapshot: Snapshot) -> None:
    expected = Index(name="ix_plain", definition=sql(INDEXES["ix_plain"]), comment="searched")
    assert indexes(snapshot)["ix_plain"] == expected


def test_index_belongs_to_its_key_and_not_to_what_refers_to_it(snapshot: Snapshot) -> None:
    assert [one.constraint for one in relation(snapshot, "tree").indexes] == ["pk_tree"]


def test_sequences_are_read_with_every_option(snapshot: Snapshot) -> None:
    assert set(sequences(snapshot).values()) == SEQUENCES


def test_kind_of_every_relation_is_read(snapshot: Snapshot) -> None:
    (_, schema) = snapshot.schemas
    assert {one.name: one.kind for one in schema.relations} == {
        "counted": "table",
        "kept": "materialized view",
        "log": "partitioned table",
        "log_2024": "table",
        "parent": "table",
        "seen": "view",
        "t": "table",
        "tree": "table",
    }


@pytest.mark.parametrize("name", ["seen", "kept"])
def test_columns_of_a_view_are_read(snapshot: Snapshot, name: str) -> None:
    assert relation(snapshot, name).columns[0].name == "id"


@pytest.mark.parametrize(("name", "index"), [("kept", "ux_kept"), ("log", "ux_log")])
def test_index_of_anything_but_a_table_is_read(snapshot: Snapshot, name: str, index: str) -> None:
    assert index in indexes(snapshot, name)


def test_comments_on_schema_and_table_are_read(snapshot: Snapshot) -> None:
    (_, schema) = snapshot.schemas
    assert (schema.comment, relation(snapshot, "t").comment) == ("ours", "a table")


def test_schema_that_is_not_there_is_not_read(any_database: Database) -> None:
    assert [schema.name for schema in live_snapshot(any_database).schemas] == ["public"]


def test_unique_index_that_could_not_be_built_is_invalid(any_database: Database) -> None:
    any_database.execute_each(
        "CREATE SCHEMA q", "CREATE TABLE q.t (a int)", "INSERT INTO q.t VALUES (1), (1)"
    )
    with pytest.raises(psycopg2.errors.UniqueViolation):
        any_database.execute_each("CREATE UNIQUE INDEX CONCURRENTLY ux ON q.t (a)")
    expected = Index(
        name="ux", definition=sql("CREATE UNIQUE INDEX ux ON q.t USING btree (a)"), valid=False
    )
    assert indexes(live_snapshot(any_database))["ux"] == expected


@pytest.mark.parametrize("any_server", [18], indirect=True)
def test_key_that_is_not_enforced_says_so(any_server: LocalServer) -> None:
    key = "CONSTRAINT fk FOREIGN KEY (b) REFERENCES q.t NOT ENFORCED"
    with create_database(any_server) as database:
        found = constraints(
            snapshot_after(database, f"CREATE TABLE q.t (a int PRIMARY KEY, b int, {key})")
        )
    assert str(found["fk"].definition).endswith("NOT ENFORCED")


@pytest.mark.parametrize("any_server", [18], indirect=True)
def test_not_null_is_an_attribute_of_the_column_and_no_constraint(any_server: LocalServer) -> None:
    with create_database(any_server) as database:
        found = snapshot_after(database, "CREATE TABLE q.t (a int CONSTRAINT given NOT NULL)")
        with connected(database) as connection:
            assert connection.exec_driver_sql(
                "SELECT count(*) FROM pg_constraint WHERE conname = 'given'"
            ).scalar_one()
    assert constraints(found) == {}
