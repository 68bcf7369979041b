-- The invalid indexes with these names (schema.name), and what a REINDEX CONCURRENTLY of them has
-- left. An index that is being built at this moment is invalid, too, but it is no leftover. Nor is
-- an index of a partitioned table, which is invalid until every partition has one, because a
-- revision continues with it.
SELECT n.nspname, c.relname
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid
    AND c.relkind = 'i'
    AND n.nspname || '.' || regexp_replace(c.relname, '_cc(new|old)[0-9]*$', '') = ANY (:names)
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_stat_progress_create_index AS p
        WHERE p.index_relid = i.indexrelid
    )
ORDER BY n.nspname, c.relname;
