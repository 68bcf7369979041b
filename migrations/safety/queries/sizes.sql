-- Tables by the names that statements use; of an index, its table. The number of rows is the
-- planner's estimate, or the counter of the statistics where it was never made.
SELECT
    wanted.name,
    CASE
        WHEN t.reltuples >= 0 THEN t.reltuples
        ELSE coalesce(s.n_live_tup, 0)
    END::bigint AS rows,
    pg_table_size(t.oid) AS table_bytes,
    pg_indexes_size(t.oid) AS index_bytes
FROM unnest(CAST(:names AS text[])) AS wanted (name)
JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass(wanted.name)
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
JOIN pg_catalog.pg_class AS t ON t.oid = coalesce(i.indrelid, c.oid)
LEFT JOIN pg_catalog.pg_stat_all_tables AS s ON s.relid = t.oid
