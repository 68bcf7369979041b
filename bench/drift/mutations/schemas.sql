-- Changes to schemas and to what objects made in them will be granted.

-- schema dropped | schema-missing | mine WHERE managed
DROP SCHEMA {ref} CASCADE;

-- schema renamed | schema-missing | mine WHERE managed
ALTER SCHEMA {ref} RENAME TO bench_new;

-- schema owner | schema-owner | mine WHERE managed
ALTER SCHEMA {ref} OWNER TO bench_stranger;

-- schema granted to PUBLIC | schema-privileges | mine WHERE managed
GRANT CREATE ON SCHEMA {ref} TO PUBLIC;

-- schema granted to another role | schema-privileges | mine WHERE managed
GRANT USAGE ON SCHEMA {ref} TO bench_stranger;

-- schema's grants revoked | schema-privileges | mine WHERE managed AND acl IS NOT NULL
REVOKE ALL ON SCHEMA {ref} FROM zoo_visitor;

-- schema's grant option revoked | schema-privileges | mine WHERE managed AND acl IS NOT NULL
REVOKE GRANT OPTION FOR CREATE ON SCHEMA {ref} FROM zoo_keeper;

-- schema comment | schema-comment | mine WHERE managed
COMMENT ON SCHEMA {ref} IS 'it''s new';

-- default privileges added on tables
--   | default-privileges-definition default-privileges-missing default-privileges-unexpected | mine WHERE managed
ALTER DEFAULT PRIVILEGES IN SCHEMA {ref} GRANT ALL ON TABLES TO bench_stranger;

-- default privileges added on sequences
--   | default-privileges-definition default-privileges-missing default-privileges-unexpected | mine WHERE managed
ALTER DEFAULT PRIVILEGES IN SCHEMA {ref} GRANT ALL ON SEQUENCES TO bench_stranger;

-- default privileges added on functions
--   | default-privileges-definition default-privileges-missing default-privileges-unexpected | mine WHERE managed
ALTER DEFAULT PRIVILEGES IN SCHEMA {ref} GRANT ALL ON FUNCTIONS TO bench_stranger;

-- default privileges added on types
--   | default-privileges-definition default-privileges-missing default-privileges-unexpected | mine WHERE managed
ALTER DEFAULT PRIVILEGES IN SCHEMA {ref} GRANT ALL ON TYPES TO bench_stranger;

-- default privileges for PUBLIC
--   | default-privileges-definition default-privileges-missing default-privileges-unexpected | mine WHERE managed
ALTER DEFAULT PRIVILEGES IN SCHEMA {ref} GRANT SELECT ON TABLES TO PUBLIC;

-- default privileges taken away
--   | default-privileges-definition default-privileges-missing default-privileges-unexpected | given
ALTER DEFAULT PRIVILEGES IN SCHEMA {ref} REVOKE ALL ON {CASE type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
    WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END} FROM PUBLIC, zoo_keeper, zoo_visitor;

-- default privileges with grant option
--   | default-privileges-definition default-privileges-missing default-privileges-unexpected | given WHERE type = 'r'
ALTER DEFAULT PRIVILEGES IN SCHEMA {ref} GRANT SELECT ON TABLES TO zoo_visitor WITH GRANT OPTION;

-- default privileges in every schema
--   | default-privileges-definition default-privileges-missing default-privileges-unexpected | mine WHERE managed
--   | names: ARRAY[]::text[]
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
