-- Tables of a schema that have an index of one of these names, with all names of their indexes.
SELECT t.relname AS name, array_agg(i.relname::text) AS indexes
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE n.nspname = :schema
    AND i.relname = ANY (CAST(:indexes AS name[]))
GROUP BY t.oid, t.relname;
