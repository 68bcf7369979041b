-- Changes to tables: existence, kind, security.

-- table dropped | table-missing | tab
DROP TABLE {ref} CASCADE;

-- table renamed | table-missing table-renamed | tab
ALTER TABLE {ref} RENAME TO bench_new;

-- table moved to another schema | table-missing table-renamed | lone_tab WHERE options IS NULL
CREATE SCHEMA bench_other; ALTER TABLE {ref} SET SCHEMA bench_other;

-- table added | table-unexpected | mine WHERE managed | new: bench_new | lost: what no model knows is never dropped
CREATE TABLE {ref}.bench_new (id integer);

-- unlogged table added | table-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE UNLOGGED TABLE {ref}.bench_new AS SELECT 1 AS one;

-- view in a table's place | table-kind table-missing view-unexpected | lone_tab
CREATE SCHEMA bench_other; ALTER TABLE {ref} SET SCHEMA bench_other; CREATE VIEW {ref} AS SELECT 1 AS one;

-- foreign table added | foreign-table-unexpected table-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE FOREIGN DATA WRAPPER bench_fdw; CREATE SERVER bench_server FOREIGN DATA WRAPPER bench_fdw;
CREATE FOREIGN TABLE {ref}.bench_new (id integer) SERVER bench_server;

-- row security switched on | table-row-security | tab WHERE NOT secured
ALTER TABLE {ref} ENABLE ROW LEVEL SECURITY;

-- row security switched off | table-row-security | tab WHERE secured
ALTER TABLE {ref} DISABLE ROW LEVEL SECURITY;

-- row security forced | table-row-security | tab WHERE NOT forced
ALTER TABLE {ref} FORCE ROW LEVEL SECURITY;

-- row security no longer forced | table-row-security | tab WHERE forced
ALTER TABLE {ref} NO FORCE ROW LEVEL SECURITY;

-- table owner | {}-owner
--   | relation WHERE kind IN ('r', 'p', 'v', 'm', 'f') AND owner = (SELECT oid FROM pg_roles WHERE rolname =
--     current_user)
ALTER {word} {ref} OWNER TO bench_stranger;

-- table owner back to everybody's | {}-owner
--   | relation WHERE owner <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
ALTER {word} {ref} OWNER TO CURRENT_USER;

-- table granted to PUBLIC | {}-privileges | relation WHERE kind IN ('r', 'p', 'v', 'm', 'f')
GRANT DELETE ON {ref} TO PUBLIC;

-- table granted to another role | {}-privileges | relation WHERE kind IN ('r', 'p', 'v', 'm', 'f')
GRANT SELECT ON {ref} TO bench_stranger;

-- table granted to another role with grant option | {}-privileges | relation WHERE kind IN ('r', 'p')
GRANT INSERT ON {ref} TO bench_stranger WITH GRANT OPTION;

-- table's grants revoked | {}-privileges | relation WHERE acl IS NOT NULL AND kind IN ('r', 'p', 'v', 'm')
REVOKE SELECT, INSERT, UPDATE, DELETE ON {ref} FROM PUBLIC{(SELECT string_agg(DISTINCT ', ' || grantee::regrole, '')
    FROM aclexplode(acl) WHERE grantee NOT IN (0, owner))} CASCADE;

-- table's grant option revoked | {}-privileges
--   | relation WHERE EXISTS (SELECT FROM aclexplode(acl) WHERE is_grantable AND grantee <> owner) AND kind = 'r'
REVOKE GRANT OPTION FOR DELETE ON {ref} FROM zoo_keeper;

-- owner's own privilege revoked | {}-privileges
--   | relation WHERE kind IN ('r', 'p') AND owner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
REVOKE UPDATE ON {ref} FROM CURRENT_USER;
