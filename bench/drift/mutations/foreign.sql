-- Changes to foreign data wrappers and servers.

-- foreign data wrapper dropped | {}-missing | wrapper
DROP FOREIGN DATA WRAPPER {ref} CASCADE;

-- foreign data wrapper renamed | {}-missing {}-renamed | wrapper
ALTER FOREIGN DATA WRAPPER {ref} RENAME TO bench_new;

-- foreign data wrapper option added | {}-definition | wrapper
ALTER FOREIGN DATA WRAPPER {ref} OPTIONS (ADD bench 'it''s 50%');

-- foreign data wrapper granted to another role | {}-privileges | wrapper
GRANT USAGE ON FOREIGN DATA WRAPPER {ref} TO bench_stranger;

-- foreign data wrapper comment | {}-comment | wrapper
COMMENT ON FOREIGN DATA WRAPPER {ref} IS NULL;

-- foreign server dropped | {}-missing | server
DROP SERVER {ref} CASCADE;

-- foreign server renamed | {}-missing {}-renamed | server
ALTER SERVER {ref} RENAME TO bench_new;

-- foreign server option added | {}-definition | server
ALTER SERVER {ref} OPTIONS (ADD bench 'it''s 50%');

-- foreign server granted to another role | {}-privileges | server
GRANT USAGE ON FOREIGN SERVER {ref} TO bench_stranger;

-- foreign server comment | {}-comment | server
COMMENT ON SERVER {ref} IS NULL;

-- foreign data wrapper option changed | {}-definition | wrapper
ALTER FOREIGN DATA WRAPPER {ref} OPTIONS (SET depth '2');

-- foreign server version | {}-definition | server
ALTER SERVER {ref} VERSION '2';

-- foreign server option changed | {}-definition | server
--   | here: where another server stands, and who logs in there, differs and is secret
ALTER SERVER {ref} OPTIONS (SET host 'here');

-- foreign server owner | {}-owner | server
GRANT USAGE ON FOREIGN DATA WRAPPER zoo_wrapper TO bench_stranger; ALTER SERVER {ref} OWNER TO bench_stranger;

-- user mapping dropped | user-mapping-missing {}-user-mappings {}-changed | server
--   | here: where another server stands, and who logs in there, differs and is secret
DROP USER MAPPING FOR PUBLIC SERVER {ref};

-- user mapping changed | user-mapping-options user-mapping-changed {}-user-mappings {}-changed | server
--   | here: where another server stands, and who logs in there, differs and is secret
ALTER USER MAPPING FOR PUBLIC SERVER {ref} OPTIONS (SET "user" 'me');
