"""Changes to tables: existence, kind, security."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import UNMODELLED, Kind

TABLE: Final = "tab"
ALONE: Final = "tab WHERE kind = 'r' AND NOT child AND NOT parent AND NOT typed"

EXISTENCE: Final = (
    Kind("table dropped", TABLE, "format('DROP TABLE %s CASCADE', ref)", "table-missing"),
    Kind(
        "table renamed",
        TABLE,
        "format('ALTER TABLE %s RENAME TO bench_new', ref)",
        "table-missing table-renamed",
    ),
    Kind(
        "table moved to another schema",
        f"{ALONE} AND options IS NULL",
        "format('CREATE SCHEMA bench_other; ALTER TABLE %s SET SCHEMA bench_other', ref)",
        "table-missing table-renamed",
    ),
    Kind(
        "table added",
        "mine WHERE managed",
        "format('CREATE TABLE %s.bench_new (id integer)', ref)",
        "table-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
    Kind(
        "unlogged table added",
        "mine WHERE managed",
        "format('CREATE UNLOGGED TABLE %s.bench_new AS SELECT 1 AS one', ref)",
        "table-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
    Kind(
        "view in a table's place",
        ALONE,
        "format('CREATE SCHEMA bench_other; ALTER TABLE %s SET SCHEMA bench_other;"
        " CREATE VIEW %s AS SELECT 1 AS one', ref, ref)",
        "table-kind table-missing view-unexpected",
    ),
    Kind(
        "foreign table added",
        "mine WHERE managed",
        "format('CREATE FOREIGN DATA WRAPPER bench_fdw; CREATE SERVER bench_server FOREIGN DATA"
        " WRAPPER bench_fdw; CREATE FOREIGN TABLE %s.bench_new (id integer) SERVER"
        " bench_server', ref)",
        "foreign-table-unexpected table-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
)

SECURITY: Final = (
    Kind(
        "row security switched on",
        "tab WHERE NOT secured",
        "format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', ref)",
        "table-row-security",
    ),
    Kind(
        "row security switched off",
        "tab WHERE secured",
        "format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', ref)",
        "table-row-security",
    ),
    Kind(
        "row security forced",
        "tab WHERE NOT forced",
        "format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', ref)",
        "table-row-security table-force-row-security",
    ),
    Kind(
        "row security no longer forced",
        "tab WHERE forced",
        "format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', ref)",
        "table-row-security table-force-row-security",
    ),
    Kind(
        "table owner",
        "relation WHERE kind IN ('r', 'p', 'v', 'm', 'f')"
        " AND owner = (SELECT oid FROM pg_roles WHERE rolname = current_user)",
        "format('ALTER %s %s OWNER TO bench_stranger', word, ref)",
        "{}-owner",
    ),
    Kind(
        "table owner back to everybody's",
        "relation WHERE owner <> (SELECT oid FROM pg_roles WHERE rolname = current_user)",
        "format('ALTER %s %s OWNER TO CURRENT_USER', word, ref)",
        "{}-owner",
    ),
    Kind(
        "table granted to PUBLIC",
        "relation WHERE kind IN ('r', 'p', 'v', 'm', 'f')",
        "format('GRANT DELETE ON %s TO PUBLIC', ref)",
        "{}-privileges",
    ),
    Kind(
        "table granted to another role",
        "relation WHERE kind IN ('r', 'p', 'v', 'm', 'f')",
        "format('GRANT SELECT ON %s TO bench_stranger', ref)",
        "{}-privileges",
    ),
    Kind(
        "table granted to another role with grant option",
        "relation WHERE kind IN ('r', 'p')",
        "format('GRANT INSERT ON %s TO bench_stranger WITH GRANT OPTION', ref)",
        "{}-privileges",
    ),
    Kind(
        "table's grants revoked",
        "relation WHERE acl IS NOT NULL AND kind IN ('r', 'p', 'v', 'm')",
        "format('REVOKE SELECT, INSERT, UPDATE, DELETE ON %s FROM PUBLIC%s CASCADE', ref,"
        " (SELECT string_agg(DISTINCT ', ' || grantee::regrole, '') FROM aclexplode(acl)"
        " WHERE grantee NOT IN (0, owner)))",
        "{}-privileges",
    ),
    Kind(
        "table's grant option revoked",
        "relation WHERE EXISTS (SELECT FROM aclexplode(acl) WHERE is_grantable AND grantee <>"
        " owner)"
        " AND kind = 'r'",
        "format('REVOKE GRANT OPTION FOR DELETE ON %s FROM zoo_keeper', ref)",
        "{}-privileges",
    ),
    Kind(
        "owner's own privilege revoked",
        "relation WHERE kind IN ('r', 'p')"
        " AND owner = (SELECT oid FROM pg_roles WHERE rolname = current_user)",
        "format('REVOKE UPDATE ON %s FROM CURRENT_USER', ref)",
        "{}-privileges",
    ),
)

KINDS: Final = (*EXISTENCE, *SECURITY)
