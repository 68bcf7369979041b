-- Names without a schema that no other role can shadow, because pg_catalog is searched first. These
-- are functions without arguments, and types.
SELECT 'function' AS kind, p.proname::text AS name
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.pronargs = 0 AND p.proname = ANY(:names)
UNION
SELECT 'type', t.typname::text
FROM pg_catalog.pg_type AS t
WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typname = ANY(:names)
