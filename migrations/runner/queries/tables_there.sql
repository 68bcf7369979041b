-- Which of these tables are there, and whether this role may read them. Catalogs alone are asked:
-- to_regclass fails on a schema without USAGE.
SELECT
    n.nspname AS schema,
    c.relname AS name,
    format('%I.%I', n.nspname, c.relname) AS quoted,
    has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND (n.nspname, c.relname) IN (
        SELECT wanted.schema, wanted.name
        FROM unnest(CAST(:schemas AS text[]), CAST(:names AS text[])) AS wanted (schema, name)
    )
ORDER BY n.nspname, c.relname;
