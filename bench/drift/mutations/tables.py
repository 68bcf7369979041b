"""Changes to tables: existence, kind, security, storage."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

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
        reversible=False,
    ),
    Kind(
        "unlogged table added",
        "mine WHERE managed",
        "format('CREATE UNLOGGED TABLE %s.bench_new AS SELECT 1 AS one', ref)",
        "table-unexpected",
        names="names || 'bench_new'::text",
        reversible=False,
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
        reversible=False,
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

STORAGE: Final = (
    Kind(
        "table made unlogged",
        f"{ALONE} AND persistence = 'p' AND NOT EXISTS (SELECT FROM con WHERE type = 'f'"
        " AND (SELECT confrelid FROM pg_constraint WHERE oid = con.oid) = tab.oid AND relid <>"
        " tab.oid)"
        " AND NOT EXISTS (SELECT FROM pg_publication_rel WHERE prrelid = tab.oid)"
        " AND (NOT managed OR schema = 'quantum' OR NOT EXISTS (SELECT FROM"
        " pg_publication_namespace"
        " WHERE pnnspid = (SELECT oid FROM mine WHERE mine.schema = tab.schema)))",
        "format('ALTER TABLE %s SET UNLOGGED', ref)",
        "table-persistence",
    ),
    Kind(
        "table made logged",
        "tab WHERE persistence = 'u'",
        "format('ALTER TABLE %s SET LOGGED', ref)",
        "table-persistence",
    ),
    Kind(
        "table: storage parameter set",
        "tab WHERE kind = 'r'",
        "format('ALTER TABLE %s SET (fillfactor = 42)', ref)",
        "table-options",
    ),
    Kind(
        "table: autovacuum switched off",
        "tab WHERE kind = 'r' AND options IS NULL",
        "format('ALTER TABLE %s SET (autovacuum_enabled = false)', ref)",
        "table-options",
    ),
    Kind(
        "table: TOAST parameter set",
        "tab WHERE kind = 'r' AND EXISTS (SELECT FROM pg_class WHERE oid = tab.oid"
        " AND reltoastrelid <> 0)",
        "format('ALTER TABLE %s SET (toast.vacuum_truncate = false)', ref)",
        "table-options table-toast-options",
    ),
    Kind(
        "table: storage parameters reset",
        "tab WHERE options IS NOT NULL",
        "format('ALTER TABLE %s RESET (fillfactor, autovacuum_enabled)', ref)",
        "table-options",
    ),
    Kind(
        "table: TOAST parameter reset",
        "tab WHERE options IS NOT NULL",
        "format('ALTER TABLE %s RESET (toast.autovacuum_enabled)', ref)",
        "table-options table-toast-options",
    ),
    Kind(
        "replica identity: all columns",
        "tab WHERE identity <> 'f'",
        "format('ALTER TABLE %s REPLICA IDENTITY FULL', ref)",
        "table-replica-identity",
    ),
    Kind(
        "replica identity: nothing",
        "tab WHERE identity <> 'n'",
        "format('ALTER TABLE %s REPLICA IDENTITY NOTHING', ref)",
        "table-replica-identity",
    ),
    Kind(
        "replica identity: default",
        "tab WHERE identity <> 'd'",
        "format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', ref)",
        "table-replica-identity",
    ),
    Kind(
        "replica identity: an index",
        "idx WHERE kind = 'r' AND code = 'primary-key' AND NOT identity",
        "format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %s', tab_ref, quoted)",
        "table-replica-identity",
        names="ARRAY[schema, tab]",
    ),
    Kind(
        "access method",
        "tab WHERE kind = 'r' AND method = 'heap' AND NOT partition",
        "format('CREATE ACCESS METHOD bench_heap TYPE TABLE HANDLER heap_tableam_handler;"
        " ALTER TABLE %s SET ACCESS METHOD bench_heap', ref)",
        "table-access-method",
    ),
    Kind(
        "access method back to heap",
        "tab WHERE method <> 'heap'",
        "format('ALTER TABLE %s SET ACCESS METHOD heap', ref)",
        "table-access-method",
    ),
    Kind(
        "table in another tablespace",
        TABLE,
        "format('ALTER TABLE %s SET TABLESPACE bench_space', ref)",
        "table-tablespace",
    ),
    Kind(
        "table comment set",
        "relation WHERE comment IS NULL",
        "format('COMMENT ON %s %s IS %L', word, ref, 'it''s \"new\"')",
        "{}-comment",
    ),
    Kind(
        "table comment changed",
        "relation WHERE comment IS NOT NULL",
        "format('COMMENT ON %s %s IS %L', word, ref, comment || '.')",
        "{}-comment",
    ),
    Kind(
        "table comment removed",
        "relation WHERE comment IS NOT NULL",
        "format('COMMENT ON %s %s IS NULL', word, ref)",
        "{}-comment",
    ),
    Kind(
        "comment on a primary key's index",
        "idx WHERE constrained AND comment IS NULL AND own",
        "format('COMMENT ON INDEX %s IS ''new''', ref)",
        "{}-comment index-comment unique-index-comment {}-index-comment",
    ),
)

KINDS: Final = (*EXISTENCE, *SECURITY, *STORAGE)
