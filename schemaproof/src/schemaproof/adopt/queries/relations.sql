-- Every independent table, view and sequence, except for those of the server, of extensions and of
-- other sessions. The number of rows is the planner's estimate.
SELECT
    n.nspname AS schema,
    c.relname AS name,
    CASE c.relkind
        WHEN 'r' THEN 'table'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'f' THEN 'foreign table'
        WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view'
        WHEN 'S' THEN 'sequence'
    END AS kind,
    greatest(c.reltuples, 0)::bigint AS rows
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    AND n.nspname !~ '^pg_'
    AND n.nspname NOT IN ('information_schema', 'schemaproof_audit')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass
            AND d.objid = c.oid
            -- These belong to an extension, or are the sequence or partition of another relation.
            AND (d.deptype = 'e' OR (d.deptype IN ('a', 'i') AND d.refobjsubid > 0))
    )
ORDER BY n.nspname, c.relname
