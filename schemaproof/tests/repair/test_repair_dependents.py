"""Objects that depend on a repaired one are dropped before it and created again; others stay."""

import pytest

from schemaproof.schema.scope import Scope
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.dependent_cases import CASES, MADE, case
from schemaproof_testing.repaired import changed


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_depends_on_it_goes_first_and_comes_back(
    any_server: LocalServer, case: tuple[str, str]
) -> None:
    with changed(any_server, *case) as done:
        assert done.found() != []
        assert done.repair() == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_without_what_can_lose_data_the_script_runs_too_and_loses_no_row(
    any_server: LocalServer, case: tuple[str, str]
) -> None:
    with changed(any_server, *case) as done:
        before, rows = done.found(), done.rows()
        assert set(done.repair(destructive=False)) <= set(before)
        assert rows.items() <= done.rows().items()


RETYPED = "ALTER TABLE q.t ALTER c TYPE bigint;"
# The script must not touch these objects. The values are their descriptions by PostgreSQL.
OTHERS = {
    "CREATE SCHEMA o; CREATE VIEW o.v AS SELECT c FROM q.t": "view o.v",
    "CREATE VIEW q.theirs AS SELECT c FROM q.t": "view q.theirs",
    "CREATE SCHEMA o; CREATE MATERIALIZED VIEW o.m AS SELECT c FROM q.t": "materialized view o.m",
    "CREATE SCHEMA o; CREATE FUNCTION o.f() RETURNS bigint LANGUAGE sql"
    " BEGIN ATOMIC SELECT sum(c) FROM q.t; END": "function o.f()",
    "CREATE SCHEMA o; CREATE TABLE o.t (x integer); CREATE RULE r AS ON INSERT TO o.t DO ALSO"
    " SELECT c FROM q.t": "rule r on table o.t",
    "CREATE SCHEMA o; CREATE TABLE o.t (x integer); CREATE POLICY p ON o.t USING (x IN"
    " (SELECT c FROM q.t))": "policy p on table o.t",
    "CREATE SCHEMA o; CREATE TABLE o.t (held q.t)": "column held of table o.t",
}


@pytest.mark.parametrize(("others", "called"), OTHERS.items())
def test_what_belongs_to_others_is_named_before_anything_runs_and_left(
    any_server: LocalServer, others: str, called: str
) -> None:
    change = f"{RETYPED} {others}; ALTER TABLE q.t ADD extra integer"
    if "held q.t" in others:
        change = f"{RETYPED} ALTER TABLE q.t ADD extra integer; {others}"
    with changed(any_server, MADE, change) as done:
        script = done.script()
        assert called in script[: script.index("BEGIN")]
        found = done.repair()
        assert "column-type q.t.c" in found
        assert "column-unexpected q.t.extra" not in found
        assert called.rsplit(maxsplit=1)[-1] in done.script()


def test_a_user_mapping_stays_and_so_does_its_server(any_server: LocalServer) -> None:
    made, change = CASES["wrapper's server"]
    mapping = "; CREATE USER MAPPING FOR PUBLIC SERVER q_s"
    with changed(any_server, made, change + mapping) as done:
        assert "user mapping for public on server q_s" in done.script()
        assert done.repair() == ["foreign-server-definition foreign-server q_s"]


def test_what_a_role_of_this_environment_may_do_it_may_do_again(any_server: LocalServer) -> None:
    scope = Scope(managed=("q",), shared=(), roles=(("schemaproof_desk", "desk"),))
    made = f"{MADE} CREATE VIEW q.v AS SELECT c FROM q.t; CREATE VIEW q.w AS SELECT c FROM q.v"
    role = (
        "DO $$ BEGIN CREATE ROLE schemaproof_desk;"
        " EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
    )
    change = (
        f"{role} DROP VIEW q.w; DROP VIEW q.v; {RETYPED} CREATE VIEW q.v AS SELECT c FROM q.t;"
        " CREATE VIEW q.w AS SELECT c FROM q.v; GRANT SELECT ON q.w TO schemaproof_desk"
    )
    with changed(any_server, made, change, scope) as done:
        assert done.repair() == []
        assert done.ask("SELECT has_table_privilege('schemaproof_desk', 'q.w', 'SELECT')")


# An object that cannot be altered is dropped and created again, and the script says so.
REPLACED = {
    "function": case(
        "CREATE FUNCTION q.f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a'",
        "DROP FUNCTION q.f;"
        " CREATE FUNCTION q.f(a integer) RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
    ),
    "server": case(
        "CREATE FOREIGN DATA WRAPPER q_w; CREATE SERVER q_s TYPE 'a' FOREIGN DATA WRAPPER q_w;"
        " CREATE FOREIGN TABLE q.far (id integer) SERVER q_s",
        "DROP FOREIGN TABLE q.far; DROP SERVER q_s; CREATE SERVER q_s TYPE 'b' FOREIGN DATA WRAPPER"
        " q_w; CREATE FOREIGN TABLE q.far (id integer) SERVER q_s",
    ),
    "publication": case(
        "CREATE TABLE q.t (id integer); CREATE PUBLICATION q_p FOR TABLE q.t",
        "DROP PUBLICATION q_p; CREATE PUBLICATION q_p FOR ALL TABLES",
    ),
    "enum": case("CREATE TYPE q.m AS ENUM ('a')", "ALTER TYPE q.m ADD VALUE 'b'"),
    "operator": case(
        "CREATE OPERATOR q.=== (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer)",
        "DROP OPERATOR q.=== (integer, integer); CREATE OPERATOR q.=== (FUNCTION = int4ne,"
        " LEFTARG = integer, RIGHTARG = integer)",
    ),
    "event trigger": case(
        "CREATE FUNCTION q.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        " CREATE EVENT TRIGGER q_e ON ddl_command_end EXECUTE FUNCTION q.e()",
        "DROP EVENT TRIGGER q_e; CREATE EVENT TRIGGER q_e ON sql_drop EXECUTE FUNCTION q.e()",
    ),
}


@pytest.mark.parametrize("case", REPLACED.values(), ids=REPLACED)
def test_what_replaces_by_dropping_is_said_to_lose_data(
    any_server: LocalServer, case: tuple[str, str]
) -> None:
    with changed(any_server, f"CREATE SCHEMA q; {case[0]}", case[1]) as done:
        before = done.found()
        assert "-- This can lose data. To include it: --destructive" in done.script(
            destructive=False
        )
        assert done.repair(destructive=False) == before
        assert done.repair() == []


# An object that can be altered is altered, and nothing is lost.
ALTERED = {
    "tables of a publication": case(
        "CREATE TABLE q.t (id integer PRIMARY KEY, c integer); CREATE TABLE q.u (id integer);"
        " CREATE PUBLICATION q_p FOR TABLE q.t (id) WHERE (id > 1) WITH (publish = 'insert')",
        "ALTER PUBLICATION q_p SET TABLE q.t, q.u;"
        " ALTER PUBLICATION q_p SET (publish_via_partition_root = true, publish = 'update')",
    ),
    "schema of a publication": case(
        "CREATE TABLE q.u (id integer); CREATE PUBLICATION q_p FOR TABLES IN SCHEMA q",
        "ALTER PUBLICATION q_p SET TABLE q.u",
    ),
    "body of a function": case(
        "CREATE FUNCTION q.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION q.f() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 2'",
    ),
    "query of a view that others read": case(
        "CREATE TABLE q.t (c integer); CREATE VIEW q.v AS SELECT c FROM q.t;"
        " CREATE VIEW q.w AS SELECT c FROM q.v",
        "CREATE OR REPLACE VIEW q.v AS SELECT c FROM q.t WHERE c > 1;"
        " CREATE SCHEMA o; CREATE VIEW o.x AS SELECT c FROM q.v",
    ),
    "options of a server": case(
        "CREATE FOREIGN DATA WRAPPER q_w; CREATE SERVER q_s VERSION '1' FOREIGN DATA WRAPPER q_w"
        " OPTIONS (a '1'); CREATE FOREIGN TABLE q.far (id integer) SERVER q_s",
        "ALTER SERVER q_s VERSION '2' OPTIONS (SET a '2', ADD b '1')",
    ),
    "name of a check of a domain": case(
        "CREATE DOMAIN q.d AS integer CONSTRAINT positive CHECK (VALUE > 0)"
        " CONSTRAINT small CHECK (VALUE < 9); CREATE TABLE q.t (x q.d)",
        "ALTER DOMAIN q.d RENAME CONSTRAINT positive TO other",
    ),
    "attribute of a composite type": case(
        "CREATE TYPE q.c AS (a integer, b text); CREATE TABLE q.t (x q.c)",
        "ALTER TYPE q.c DROP ATTRIBUTE b",
    ),
}


@pytest.mark.parametrize("case", ALTERED.values(), ids=ALTERED)
def test_what_can_be_altered_is_altered(any_server: LocalServer, case: tuple[str, str]) -> None:
    with changed(any_server, f"CREATE SCHEMA q; {case[0]}", case[1]) as done:
        script = done.script(destructive=False)
        assert "\nDROP" not in script
        assert ("RENAME CONSTRAINT" in script) == ("RENAME CONSTRAINT" in case[1])
        assert done.repair(destructive=False) == []
